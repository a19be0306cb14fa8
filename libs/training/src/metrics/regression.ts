// R², and metrics that are means of losses.

import { lossSettingsSchema, type MetricSettings } from '@gradstream/contracts';
import type { Scalar, Tensor } from '@gradstream/engine';
import { createLossFunction } from '../losses/index.js';
import type { Values } from '../losses/loss.js';
import { aligned } from '../losses/shapes.js';
import { exactly, type Accumulator, type MetricResult, type Outline } from './accumulator.js';
import { singleClassKind } from './accuracy.js';
import { averageOf } from './counts.js';
import { Moments } from './moments.js';
import type { BatchView } from './view.js';

/** The values of a loss by name, from logits where the step has logits. */
export function lossValues(view: BatchView, name: string, options: object = {}): Values {
  const settings = lossSettingsSchema.parse({ name, ...options });
  const { takesLogitsOf } = view.loss;
  const takesLogits = takesLogitsOf !== null && 'fromLogits' in settings;
  const given = takesLogits ? { ...settings, fromLogits: true } : settings;
  return view.lossValues(createLossFunction(view.gs, given).perSample, takesLogits);
}

/** Cross-entropy of classes, for perplexity. */
export const classCrossentropy = (view: BatchView, fromLogits: boolean): Values =>
  singleClassKind(view, 'perplexity') === 'classIndex'
    ? lossValues(view, 'sparseCategoricalCrossentropy', { fromLogits })
    : lossValues(view, 'categoricalCrossentropy', { fromLogits });

/** What `Moments` takes. */
export function targetMoments({ units }: Outline): Accumulator<Moments> {
  const store = new Moments(units);
  return {
    key: 'moments',
    store,
    length: () => store.length,
    compute: (view) => {
      const { tf } = view.gs;
      const [t, y] = aligned(view.target, view.prediction).map((x) => x.reshape([-1, units])) as [
        Tensor,
        Tensor,
      ];
      const weights = view.rowWeights?.expandDims(1) ?? null;
      const summed = (x: Tensor): Tensor => (weights ? x.mul(weights) : x).sum(0);
      const weight = weights ? weights.sum<Scalar>() : tf.scalar(view.rows);
      // Nothing counts: all sums are 0, and the host leaves them out.
      const divisor = weights ? weight.add(weight.equal(0).cast('float32')) : weight;
      const mean = summed(t).div(divisor);
      return [weight, mean, summed(t.sub(mean).square()), summed(y.sub(t).square())];
    },
  };
}

/** 1 − errors / squares of each unit; of targets that are all equal 1 without an error, else 0, as in scikit-learn. */
export function r2(
  { store }: Accumulator<Moments>,
  aggregation: Extract<MetricSettings, { name: 'r2' }>['aggregation'],
): MetricResult {
  const parts = store.parts();
  const each = parts.map(({ squares, errors }) =>
    squares === 0 ? Number(errors === 0) : 1 - errors / squares,
  );
  const average = { none: 'none', uniformAverage: 'macro', varianceWeightedAverage: 'weighted' } as const;
  return exactly(
    averageOf(
      each,
      average[aggregation],
      parts.map(({ squares }) => squares),
    ),
  );
}
