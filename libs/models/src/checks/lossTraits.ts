// What each loss wants of a model's outputs and of its targets, as Keras 3 documents the classes of the same names.

import type { LossName } from '@gradstream/contracts';

/** What a target is. */
export type LearningTask = 'classification' | 'binary' | 'multilabel' | 'regression';

/** What a model's output has to be. */
export type OutputKind =
  /** Probabilities of classes that exclude each other: they add up to 1. */
  | 'distribution'
  /** Probabilities, each for itself. */
  | 'probabilities'
  /** Probabilities of either kind. */
  | 'anyProbabilities'
  /** Numbers of which the sign decides. */
  | 'margins'
  /** Numbers of which the largest decides. */
  | 'scores'
  /** What stands before a softmax. */
  | 'logits'
  /** A vector of length 1 whose direction counts. */
  | 'embedding'
  /** Numbers above 0. */
  | 'positive'
  | 'numbers';

export interface LossTraits {
  readonly output: OutputKind;
  readonly tasks: readonly LearningTask[];
  /** Tasks that it can be computed for and is a poor choice for, unless classes are given by their indexes. */
  readonly poorFor: readonly LearningTask[];
  /** How classes are given; null where the loss has none. */
  readonly classes: 'indexes' | 'oneHot' | null;
}

const traits = (
  output: OutputKind,
  tasks: readonly LearningTask[],
  classes: LossTraits['classes'] = null,
  poorFor: readonly LearningTask[] = [],
): LossTraits => ({ output, tasks, poorFor, classes });

const CLASSES: readonly LearningTask[] = ['classification', 'binary'];
const LABELS: readonly LearningTask[] = ['binary', 'multilabel'];
const ANY_CLASSES: readonly LearningTask[] = ['classification', 'binary', 'multilabel'];

const labels = traits('probabilities', LABELS, 'oneHot', ['classification']);
const numbers = traits('numbers', ['regression'], 'oneHot', ANY_CLASSES);

/** Whether a loss takes the index of a sample's class as its target. */
export const takesClassIndexes = (loss: LossName): boolean => lossTraits[loss].classes === 'indexes';

export const lossTraits: Readonly<Record<LossName, LossTraits>> = {
  binaryCrossentropy: labels,
  binaryFocalCrossentropy: labels,
  categoricalCrossentropy: traits('distribution', CLASSES, 'oneHot'),
  categoricalFocalCrossentropy: traits('distribution', CLASSES, 'oneHot'),
  categoricalGeneralizedCrossEntropy: traits('distribution', CLASSES, 'indexes'),
  sparseCategoricalCrossentropy: traits('distribution', CLASSES, 'indexes'),
  categoricalHinge: traits('scores', CLASSES, 'oneHot'),
  hinge: traits('margins', LABELS),
  squaredHinge: traits('margins', LABELS),
  circle: traits('embedding', CLASSES, 'indexes'),
  ctc: traits('logits', ['classification'], 'indexes'),
  dice: traits('anyProbabilities', ANY_CLASSES, 'oneHot'),
  tversky: traits('anyProbabilities', ANY_CLASSES, 'oneHot'),
  // Between distributions: one-hot targets are distributions, and so may targets of a regression be.
  klDivergence: traits('distribution', ['classification', 'binary', 'regression'], 'oneHot'),
  cosineSimilarity: traits('numbers', ['regression'], 'oneHot', ['classification']),
  huber: numbers,
  logCosh: numbers,
  meanAbsoluteError: numbers,
  meanSquaredError: numbers,
  meanAbsolutePercentageError: traits('numbers', ['regression']),
  meanSquaredLogarithmicError: traits('numbers', ['regression']),
  poisson: traits('positive', ['regression']),
};
