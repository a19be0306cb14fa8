// From the values of samples to one number: weights, masks and reduction as Keras does it (losses/loss.py).

import { EngineError, type Scalar, type Tensor } from '@gradstream/engine';
import type { LossSettings } from '@gradstream/contracts';
import type { Values } from './loss.js';
import { leading } from './shapes.js';

type Reduction = LossSettings['reduction'];

/** What weighs the values of a loss; all of it may be absent. */
export interface Weights {
  /** Factor of each sample [batch] or position [batch, …positions], float32. */
  readonly sampleWeights?: Tensor | null;
  /** Samples or positions that count, bool or 0 and 1. Others have no part in the loss, nor in what a mean divides by. */
  readonly mask?: Tensor | null;
}

/** The weighted values, their sum, and what a mean divides it by. */
export interface Reduced {
  readonly values: Tensor;
  readonly sum: Scalar;
  /** A number where it is the same for all batches of this size. Never 0. */
  readonly divisor: Scalar | number;
  /** What the loss counts for in a mean over several batches: the divisor, but 0 where nothing counts. */
  readonly weight: Scalar | number;
}

/** 1 for what counts by a mask from outside and by the loss's own one; null when all does. */
function combinedMask({ values, valid }: Values, mask: Tensor | null): Tensor | null {
  const own = valid?.cast('float32') ?? null;
  if (mask === null) return own;
  const outer = leading('masks', mask, values).cast('float32');
  return own === null ? outer : own.mul(outer);
}

interface Weighed {
  readonly weighted: Tensor;
  /** What counts, as 0 and 1; null when all does. */
  readonly counted: Tensor | null;
  /** What the values were multiplied by; null when nothing. */
  readonly factor: Tensor | null;
}

function weigh(loss: Values, { sampleWeights = null, mask = null }: Weights): Weighed {
  const { values } = loss;
  if (values.rank === 0 && (sampleWeights ?? mask)) {
    const message =
      'the loss has one value for the whole batch, which weights cannot tell apart: set its `axis`, so that each sample has one';
    throw new EngineError('INVALID_ARGUMENT', message);
  }
  const counted = combinedMask(loss, mask);
  const weights = sampleWeights && leading('sample weights', sampleWeights, values);
  const factor = weights && counted ? weights.mul(counted) : (weights ?? counted);
  return { weighted: factor ? values.mul(factor) : values, counted, factor };
}

/** Weighs and adds up. Throws INVALID_ARGUMENT for weights of shapes that do not fit. */
export function reduce(loss: Values, weights: Weights, reduction: Reduction): Reduced {
  const { weighted, counted, factor } = weigh(loss, weights);
  return {
    values: weighted,
    sum: weighted.sum<Scalar>(),
    ...divisorOf(loss.values, counted, factor, reduction),
  };
}

/** Σ weight · value, and Σ weight, which is 0 when nothing counts: for a mean over more than one batch. */
export function weightedSums(loss: Values, weights: Weights): { sum: Scalar; weight: Scalar | number } {
  const { weighted, factor } = weigh(loss, weights);
  const weight = factor ? totalOf(loss.values, factor) : loss.values.size;
  return { sum: weighted.sum<Scalar>(), weight };
}

/** The sum of a factor over all values that it is broadcast to. */
function totalOf(values: Tensor, factor: Tensor): Scalar {
  const repeats = values.size / factor.size;
  const sum = factor.sum<Scalar>();
  return repeats === 1 ? sum : sum.mul<Scalar>(repeats);
}

function divisorOf(
  values: Tensor,
  counted: Tensor | null,
  factor: Tensor | null,
  reduction: Reduction,
): Pick<Reduced, 'divisor' | 'weight'> {
  if (reduction === 'sum' || reduction === 'none') return { divisor: 1, weight: 1 };
  if (reduction === 'meanWithSampleWeight' && factor) {
    const weight = totalOf(values, factor);
    // Nothing counts: the sum is 0, and so is the mean.
    return { divisor: weight.add<Scalar>(weight.equal(0).cast('float32')), weight };
  }
  if (!counted) return { divisor: values.size, weight: values.size };
  const weight = totalOf(values, counted);
  return { divisor: weight.maximum<Scalar>(1), weight };
}
