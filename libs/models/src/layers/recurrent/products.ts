// Products with kernels whose columns are blocks, one for each gate, and with dropout of what goes into them.

import type { Engine, Tensor } from '@gradstream/engine';
import type { CellCall } from './cell.js';

/** Rows times a kernel [features, gates · units]; with factors [gates or 1, rows, features], dropped for each gate. */
export type Multiply = (rows: Tensor) => Tensor;

/** Makes the product of rows [n, features] with a kernel, given the factors that drop the rows' values; null for none. */
export function multiplyBy({ tf }: Engine, kernel: Tensor, drop: Tensor | null): Multiply {
  if (!drop) return (rows) => tf.matMul(rows, kernel);
  const [gates = 1] = drop.shape;
  const [features = 1, width = 1] = kernel.shape;
  if (gates === 1) {
    const factors = drop.squeeze([0]);
    return (rows) => tf.matMul(rows.mul(factors), kernel);
  }
  // One batched product of [gates, n, features] and [gates, features, units].
  const blocks = kernel.reshape([features, gates, width / gates]).transpose([1, 0, 2]);
  return (rows) => tf.matMul(rows.mul(drop), blocks).transpose([1, 0, 2]).reshape([-1, width]);
}

/** The product of all steps of x [batch, steps, features] with a kernel, as one, and a bias: each step's [batch, width]. */
export function projectAll({ context, x, drops }: CellCall, kernel: Tensor, bias: Tensor | null): Tensor[] {
  const { gs } = context;
  const [, steps = 1, features = 1] = x.shape;
  // Factors of all rows: those of a sample at each of its steps.
  const drop =
    drops.input &&
    drops.input
      .expandDims(2)
      .mul(gs.tf.fill([steps, 1], 1))
      .reshape([drops.input.shape[0], -1, features]);
  const product = multiplyBy(gs, kernel, drop)(x.reshape([-1, features]));
  const sum = bias ? product.add(bias) : product;
  return sum.reshape([-1, steps, sum.shape.at(-1) ?? 1]).unstack(1);
}

export const flopsOf = (features: number, units: number, gates: number): number =>
  2 * gates * units * (features + units) + gates * units;
