// Equations of a tensor and a kernel, such as "abc,cd->abd", as one matrix product.

import type { Engine, Tensor } from '@gradstream/engine';

/** Labels of the axes. */
export interface Equation {
  readonly input: readonly string[];
  readonly kernel: readonly string[];
  readonly output: readonly string[];
}

/** Puts axes in another order; nothing is done where they are in it. */
function arrange(x: Tensor, from: readonly string[], to: readonly string[]): Tensor {
  const order = to.map((label) => from.indexOf(label));
  return order.every((axis, at) => axis === at) ? x : x.transpose(order);
}

/**
 * Labels of both tensors and the output are batch axes of the product, those of both tensors alone are summed over, and
 * so are those of the input alone. No label is twice in a tensor, and each of the kernel's is in another one.
 */
export function einsum({ tf, ops }: Engine, equation: Equation, x: Tensor, kernel: Tensor): Tensor {
  const { input, kernel: taps, output } = equation;
  const alone = input.filter((label) => !taps.includes(label) && !output.includes(label));
  const summed = alone.length > 0 ? x.sum(alone.map((label) => input.indexOf(label))) : x;
  const kept = input.filter((label) => !alone.includes(label));
  const shared = kept.filter((label) => taps.includes(label) && output.includes(label));
  const contracted = taps.filter((label) => kept.includes(label) && !output.includes(label));
  const rows = output.filter((label) => kept.includes(label) && !taps.includes(label));
  const columns = output.filter((label) => taps.includes(label) && !kept.includes(label));

  const lengths = new Map([
    ...taps.map((label, axis) => [label, kernel.shape[axis] ?? 1] as const),
    ...kept.map((label, axis) => [label, summed.shape[axis] ?? 1] as const),
  ]);
  const lengthsOf = (labels: readonly string[]): number[] => labels.map((label) => lengths.get(label) ?? 1);
  const size = (labels: readonly string[]): number => tf.util.sizeFromShape(lengthsOf(labels));
  const batch = shared.length > 0 ? [size(shared)] : [];
  const a = arrange(summed, kept, [...shared, ...rows, ...contracted]).reshape([
    ...batch,
    size(rows),
    size(contracted),
  ]);
  const b = arrange(kernel, taps, [...shared, ...contracted, ...columns]).reshape([
    ...batch,
    size(contracted),
    size(columns),
  ]);
  const product = shared.length > 0 ? ops.batchMatMul(a, b) : tf.matMul(a, b);
  const labels = [...shared, ...rows, ...columns];
  return arrange(product.reshape(lengthsOf(labels)), labels, output);
}
