import type { Engine, Scalar, Tensor } from '@gradstream/engine';

/**
 * Each gradient by itself to an L2 norm of at most `limit` (Keras's `clipnorm`). In one with NaN all becomes NaN; in one
 * with an infinity, or whose squares overflow, what is finite becomes 0 and an infinity NaN.
 */
export function clipByNorm(engine: Engine, gradients: readonly Tensor[], limit: number): Tensor[] {
  const { tf, updates } = engine;
  if (gradients.length === 0) return [];
  const norms = engine.norms(gradients.map((gradient) => [gradient]));
  const scales = tf.unstack(tf.scalar(limit).div(norms.maximum(limit)));
  return gradients.map((gradient, index) => updates.float32(gradient).mul(scales[index] ?? 1));
}

/**
 * All gradients by one factor, to a common L2 norm of at most `limit` (Keras's `global_clipnorm`; Pascanu et al., ICML
 * 2013). When the norm is not finite all elements become NaN, so that one bad gradient cannot pass for a good step.
 */
export function clipByGlobalNorm(
  engine: Engine,
  gradients: readonly Tensor[],
  limit: number,
  norm?: Scalar,
): Tensor[] {
  const { tf, updates } = engine;
  if (gradients.length === 0) return [];
  const known = norm ?? engine.norms([gradients]).asScalar();
  // 0 for a finite norm, NaN for another one.
  const scale = tf.scalar(limit).div(known.maximum(limit)).add(known.sub(known));
  return gradients.map((gradient) => updates.float32(gradient).mul(scale));
}
