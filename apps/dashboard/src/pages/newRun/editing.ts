// What is done to a draft. Each edit is of the draft as it is then, not as it was when an upload or a question began.

import type { Dataset } from '@gradstream/sdk';
import { fromTemplate, type Draft } from './draft.js';
import { guessFor } from './guess/guess.js';
import { textsOf, withoutGuess, type MadeGuess } from './guess/madeGuess.js';
import type { Template } from './templates.js';

export interface Editing {
  readonly draft: Draft;
  /** What was written for the dataset that was picked last; null where nothing was. */
  readonly guess: MadeGuess | null;
}

export type Edit =
  | { readonly type: 'change'; readonly part: Partial<Draft> }
  | { readonly type: 'template'; readonly template: Template; readonly dataset: Dataset | undefined }
  | { readonly type: 'dataset'; readonly dataset: Dataset | undefined }
  | { readonly type: 'undoGuess' };

/** A draft, with what the dataset suggests for it. */
function guessed(draft: Draft, dataset: Dataset | undefined, mayReplace: boolean): Editing {
  const found = dataset?.columns ? guessFor(draft, dataset.columns, mayReplace) : null;
  if (!found) return { draft, guess: null };
  const texts = textsOf(found);
  return { draft: { ...draft, ...texts, guessed: texts }, guess: { ...found, before: draft } };
}

export function edited({ draft, guess }: Editing, edit: Edit): Editing {
  switch (edit.type) {
    case 'change':
      return { draft: { ...draft, ...edit.part }, guess };
    case 'template':
      return guessed(fromTemplate(draft, edit.template), edit.dataset, false);
    case 'dataset':
      return guessed({ ...draft, datasetId: edit.dataset?.id ?? null }, edit.dataset, true);
    case 'undoGuess':
      return { draft: guess ? { ...draft, ...withoutGuess(draft, guess), guessed: null } : draft, guess };
  }
}
