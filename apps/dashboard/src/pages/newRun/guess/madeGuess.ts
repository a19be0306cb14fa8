// A guess that was taken over, and how it is taken back.

import type { Draft } from '../draft.js';
import type { Guess } from './guess.js';

type Texts = Pick<Draft, 'model' | 'settings'>;

export interface MadeGuess extends Guess {
  /** As it was written before. */
  readonly before: Texts;
}

export const textsOf = ({ model, settings }: Texts): Texts => ({ model, settings });

/** Whether anything of a guess still stands as it was made, and is not what stood there before. */
export const isStanding = (draft: Texts, { before, model, settings }: MadeGuess): boolean =>
  (draft.model === model && model !== before.model) ||
  (draft.settings === settings && settings !== before.settings);

/** What stood there before, but for what somebody has changed since. */
export const withoutGuess = (draft: Texts, { before, model, settings }: MadeGuess): Texts => ({
  model: draft.model === model ? before.model : draft.model,
  settings: draft.settings === settings ? before.settings : draft.settings,
});
