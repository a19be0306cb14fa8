// Metrics by their settings.

import type { MetricSettings } from '@gradstream/contracts';
import { exactly, meanIn, meanOf, type Accumulator, type MetricResult, type Outline } from './accumulator.js';
import { binaryCorrect, classCorrect, correct, topCorrect } from './accuracy.js';
import { area, classScores } from './areas.js';
import { classCounts, confusionCounts, confusionMatrix, ratioOfCounts } from './counts.js';
import { classCrossentropy, lossValues, r2, targetMoments } from './regression.js';
import type { Store } from './store.js';
import type { BatchView } from './view.js';
import type { Values } from '../losses/loss.js';

type Result = () => MetricResult;

/** What several metrics of an output share, by key. */
type Shared = Map<string, Accumulator>;

/** A metric of an accumulator, which it may have in common with others, and of what is made of it. */
const of =
  <State extends Store>(
    own: Accumulator<State>,
    result: (accumulator: Accumulator<State>) => MetricResult,
  ): ((shared: Shared) => Result) =>
  (shared) => {
    // The same key means the same kind of store.
    const accumulator = (shared.get(own.key) as Accumulator<State> | undefined) ?? own;
    shared.set(own.key, accumulator);
    return () => result(accumulator);
  };

/** A mean, or a function of it. */
const mean = (
  key: string,
  values: (view: BatchView) => Values,
  transform: (mean: number) => number = (value) => value,
) => of(meanOf(key, values), (sums) => exactly(transform(meanIn(sums))));

/** The mean of a loss. */
const meanLoss = (name: string, options: object = {}, transform?: (mean: number) => number) =>
  mean(`${name} ${JSON.stringify(options)}`, (view) => lossValues(view, name, options), transform);

function metric(settings: MetricSettings, outline: Outline): (shared: Shared) => Result {
  switch (settings.name) {
    case 'accuracy':
      return mean('correct', correct);
    case 'binaryAccuracy':
      return mean(`binary ${settings.threshold}`, (view) => binaryCorrect(view, settings.threshold));
    case 'categoricalAccuracy':
      return mean('categorical', (view) => classCorrect(view, 'oneHot'));
    case 'sparseCategoricalAccuracy':
      return mean('sparse', (view) => classCorrect(view, 'classIndex'));
    case 'topKCategoricalAccuracy':
      return mean(`top ${settings.k}`, (view) => topCorrect(view, 'oneHot', settings.k));
    case 'sparseTopKCategoricalAccuracy':
      return mean(`sparse top ${settings.k}`, (view) => topCorrect(view, 'classIndex', settings.k));
    case 'precision':
    case 'recall':
    case 'f1':
      return of(classCounts(outline, settings.threshold), (counts) =>
        ratioOfCounts(counts, settings.name, settings.average),
      );
    case 'confusionMatrix':
      return of(confusionCounts(outline, settings.threshold), confusionMatrix);
    case 'rocAuc':
    case 'prAuc':
      return of(classScores(outline, settings), (scores) => area(scores, settings));
    case 'rootMeanSquaredError':
      return meanLoss('meanSquaredError', {}, Math.sqrt);
    case 'r2':
      return of(targetMoments(outline), (moments) => r2(moments, settings.aggregation));
    case 'cosineSimilarity':
      return meanLoss('cosineSimilarity', { axis: settings.axis }, (value) => -value);
    case 'perplexity':
      return mean(
        `classes ${settings.fromLogits}`,
        (view) => classCrossentropy(view, settings.fromLogits),
        Math.exp,
      );
    default: {
      const options = Object.entries(settings).filter(([key]) => key !== 'name' && key !== 'label');
      return meanLoss(settings.name, Object.fromEntries(options));
    }
  }
}

/** The result of a metric, by its settings; what it accumulates is added to `shared`. */
export const createMetric = (settings: MetricSettings, outline: Outline, shared: Shared): Result =>
  metric(settings, outline)(shared);
