import type { Engine, Scalar, Tensor, Tensor1D } from '@gradstream/engine';

/** A weight, as far as norms go. */
interface Weight {
  readonly layer: { readonly name: string };
}

/** Norms of a step's gradients, as values of the step. */
export interface GradientNorms {
  /** L2 norm over all gradients. */
  readonly global: Scalar;
  /** L2 norm over the gradients of each layer that has any, in the order of `layerNames`. */
  readonly layers: Tensor1D;
}

/** Names of the layers that have weights, in order. */
export const layerNames = (weights: readonly Weight[]): string[] => [
  ...new Set(weights.map(({ layer }) => layer.name)),
];

/** The norms of gradients that are in the order of the weights. */
export function gradientNorms(
  engine: Engine,
  weights: readonly Weight[],
  gradients: readonly Tensor[],
): GradientNorms {
  const layers = engine.norms(
    layerNames(weights).map((name) => gradients.filter((_, index) => weights[index]?.layer.name === name)),
  );
  return { global: layers.square().sum().sqrt().asScalar(), layers };
}

/** Scales all gradients so that their global norm is at most `limit` (Pascanu et al., ICML 2013; TensorFlow's clip_by_global_norm). */
export function clipByGlobalNorm(
  { tf }: Engine,
  gradients: readonly Tensor[],
  norm: Scalar,
  limit: number,
): Tensor[] {
  const scale = tf.scalar(limit).div(norm.maximum(limit));
  return gradients.map((gradient) => gradient.mul(scale));
}
