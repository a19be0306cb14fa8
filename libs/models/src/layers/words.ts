import type { ProblemWords } from '@gradstream/contracts';

/** What is said of a layer's settings. */
export const SETTING_WORDS: ProblemWords = {
  unknownKey: {
    where: 'for this layer',
    hint: 'A setting that is not carried out is refused rather than ignored: leave it out',
  },
  badValueHint: 'Give a value that Keras would write here, or leave it out where it has a default',
  ownWords: false,
  unionsSpeak: true,
};
