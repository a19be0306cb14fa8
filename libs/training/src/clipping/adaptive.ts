import type { ClippingSettings } from '@gradstream/contracts';
import type { Engine, Tensor } from '@gradstream/engine';
import { fitsAny, type TrainableWeight } from '../optimizers/weights.js';

/** The smallest norm of a gradient that is divided by, of the paper's code. */
const SMALLEST_NORM = 1e-6;

/**
 * The L2 norm of each unit's part of a tensor, with dimensions of 1 (`unitwise_norm` of the paper's code): of vectors
 * and scalars all elements are a unit; of other weights a unit is what leads to one output, the last dimension, and of
 * weights of three dimensions the first dimension alone is summed.
 */
function unitNorms(tensor: Tensor): Tensor {
  const { rank, size, shape } = tensor;
  const isVector = rank < 2 || shape.filter((length) => length > 1).length <= 1;
  if (isVector || size === 0) return tensor.square().sum().sqrt();
  const axes = rank === 3 ? [0] : Array.from({ length: rank - 1 }, (_, axis) => axis);
  return tensor.square().sum(axes, true).sqrt();
}

/**
 * Adaptive gradient clipping (Brock, De, Smith and Simonyan, ICML 2021): the gradient of each unit to a norm of at most
 * `clipping` times that of its weights, which count as at least `epsilon`. A unit whose norm is NaN becomes NaN; in one
 * with an infinity what is finite becomes 0 and an infinity NaN. Other units are clipped as ever.
 */
export function clipAdaptively(
  { tf, updates }: Engine,
  weights: readonly TrainableWeight[],
  gradients: readonly Tensor[],
  { clipping, epsilon, exclude }: Extract<ClippingSettings, { adaptive: unknown }>['adaptive'],
): Tensor[] {
  return gradients.map((given, index) => {
    const weight = weights[index];
    if (!weight) throw new Error(`gradient ${index} has no weight`);
    if (fitsAny(weight.name, exclude)) return given;
    const gradient = updates.float32(given);
    const largest = unitNorms(weight.variable).maximum(epsilon).mul(clipping);
    const scale = largest.div(unitNorms(gradient).maximum(SMALLEST_NORM)).minimum(tf.scalar(1));
    return gradient.mul(scale);
  });
}
