import type { Engine, Tensor } from '@gradstream/engine';

/** Every element between -limit and limit (Keras's `clipvalue`). An infinity becomes the limit; NaN stays NaN. */
export function clipByValue({ updates }: Engine, gradients: readonly Tensor[], limit: number): Tensor[] {
  return gradients.map((gradient) => updates.float32(gradient).clipByValue(-limit, limit));
}
