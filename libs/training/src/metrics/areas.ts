// ROC and precision-recall AUC: scores and labels leave the step, and the host computes the areas.

import type { MetricSettings } from '@gradstream/contracts';
import type { Tensor } from '@gradstream/engine';
import type { Accumulator, MetricResult, Outline } from './accumulator.js';
import { isTrue } from './accuracy.js';
import { averageOf } from './counts.js';
import { prArea, rocArea, totalOf } from './curves.js';
import { Scores } from './scores.js';
import type { BatchView } from './view.js';

type Settings = Extract<MetricSettings, { name: 'rocAuc' | 'prAuc' }>;

/** 1 and −1 for samples that are of each class and that are not, [rows, units]. */
function signs(view: BatchView): Tensor {
  const { kind } = view;
  const isClass = kind === 'classIndex' || kind === 'oneHot';
  if (isClass) return view.gs.tf.oneHot(view.actualClass(kind), view.units, 1, -1, 'float32');
  return isTrue(view).cast('float32').mul(2).sub(1).reshape([-1, view.units]);
}

/** The scores of classes and the weights of samples, signed by label. Each class is set against all others. */
export function classScores(
  { units, isSigmoidLogit }: Outline,
  { average, maxSamples }: Settings,
): Accumulator<Scores> {
  const curveCount = average === 'micro' ? 1 : units;
  return {
    key: `scores ${curveCount} ${maxSamples}`,
    store: new Scores({ curveCount, maxSamples, isLogit: isSigmoidLogit }),
    length: (rows) => 2 * rows * units,
    compute: (view) => {
      // The order of logits of a sigmoid is that of probabilities, with fewer ties.
      const scores = isSigmoidLogit ? view.raw : view.probabilities;
      const weights = view.rowWeights;
      return [scores, weights ? signs(view).mul(weights.expandDims(1)) : signs(view)];
    },
  };
}

/** The area of each curve and their average; classes whose curve is undefined are left out of a mean. */
export function area({ store: { curves } }: Accumulator<Scores>, { name, average }: Settings): MetricResult {
  const areaOf = name === 'rocAuc' ? rocArea : prArea;
  const groups = curves.map((curve) => curve.groups());
  const isExact = curves.every((curve) => curve.isExact);
  const each = groups.map((group) => (group ? areaOf(group) : Number.NaN));
  if (average === 'micro') return { value: each[0] ?? Number.NaN, isExact };
  const isBroken = groups.includes(null);
  const frequencies = groups.map((group) => (group ? totalOf(group.positives) : 0));
  const value = averageOf(each, average, frequencies);
  return { value: isBroken && average !== 'none' ? Number.NaN : value, isExact };
}
