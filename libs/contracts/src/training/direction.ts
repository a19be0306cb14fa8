// Whether less or more of a series is better, by its name.

import type { MetricSettings } from './metrics.js';

type Direction = 'min' | 'max';

/** Of each metric, as Keras 3 has it; null: it is no number. */
const DIRECTIONS: Readonly<Record<MetricSettings['name'], Direction | null>> = {
  accuracy: 'max',
  binaryAccuracy: 'max',
  categoricalAccuracy: 'max',
  sparseCategoricalAccuracy: 'max',
  topKCategoricalAccuracy: 'max',
  sparseTopKCategoricalAccuracy: 'max',
  precision: 'max',
  recall: 'max',
  f1: 'max',
  confusionMatrix: null,
  rocAuc: 'max',
  prAuc: 'max',
  meanAbsoluteError: 'min',
  meanSquaredError: 'min',
  rootMeanSquaredError: 'min',
  meanAbsolutePercentageError: 'min',
  meanSquaredLogarithmicError: 'min',
  r2: 'max',
  cosineSimilarity: 'max',
  perplexity: 'min',
  binaryCrossentropy: 'min',
  categoricalCrossentropy: 'min',
  sparseCategoricalCrossentropy: 'min',
  klDivergence: 'min',
  poisson: 'min',
  logCosh: 'min',
  hinge: 'min',
  squaredHinge: 'min',
  categoricalHinge: 'min',
};
const KNOWN: ReadonlyMap<string, Direction | null> = new Map(Object.entries(DIRECTIONS));

/** Words in labels of metrics that say that more is better, and less. Short ones stand alone, or begin with a capital. */
const BETTER_HIGH = [
  /accuracy|precision|recall|sensitivity|specificity|fbeta|cosinesimilarity/i,
  /(?:^(?:auc|aUC|f1|iou|ioU|iOU|r2)|AUC|Auc|F1|IoU|IOU|Iou|R2)(?![a-z])/,
];
const BETTER_LOW = [
  /loss|error|perplexity|entropy|divergence|hinge|poisson|logcosh/i,
  /^(?:mae|mse|rmse|msle|mape)$/i,
];

/**
 * What a series is of: the metric or its label, without `val`, the output's name and the index of a class. Of a label with
 * underscores it is the end: where the name of an output ends cannot be told.
 */
function measuredBy(series: string): string {
  const [, name = ''] = /^(?:val(?=[A-Z]))?(.*?)(?:\/\d+)?$/s.exec(series) ?? [];
  const part = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('_')) + 1);
  return part.charAt(0).toLowerCase() + part.slice(1);
}

/**
 * Whether less or more of a series is better: by the metric that it is named after, or words in the metric's label. The name
 * of an output says nothing. Null when there is no such word, or some of both kinds.
 */
export function directionOf(monitor: string): Direction | null {
  const name = measuredBy(monitor);
  const known = KNOWN.get(name);
  if (known !== undefined) return known;
  const high = BETTER_HIGH.some((words) => words.test(name));
  const low = BETTER_LOW.some((words) => words.test(name));
  if (high === low) return null;
  return high ? 'max' : 'min';
}
