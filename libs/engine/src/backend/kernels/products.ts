// Kernels of matrix products.

import {
  complex,
  complexNumbers,
  direct,
  empty,
  floats,
  kernelCase,
  positive,
  real,
  result,
  type KernelCase,
} from './case.js';

export const productCases: readonly KernelCase[] = [
  kernelCase('BatchMatMul', [real([3, 4]), real([4, 2], 2)], (tf, a, b) => tf.matMul(a, b)),
  kernelCase(
    'BatchMatMul',
    [real([2, 4, 3]), real([2, 2, 4], 2)],
    (tf, a, b) => tf.matMul(a, b, true, true),
    {
      note: 'transposed',
    },
  ),
  kernelCase('BatchMatMul', [real([3, 1, 4]), real([4, 2], 2)], (tf, a, b) => tf.matMul(a, b), {
    note: 'broadcast',
  }),
  kernelCase('BatchMatMul', [empty([0, 4]), real([4, 2])], (tf, a, b) => tf.matMul(a, b), {
    note: 'of no rows',
  }),
  kernelCase('BatchMatMul', [empty([3, 0]), empty([0, 2])], (tf, a, b) => tf.matMul(a, b), {
    note: 'over no elements',
    expected: [result([0, 0, 0, 0, 0, 0], [3, 2])],
  }),
  kernelCase('BatchMatMul', [real([4]), real([4], 2)], (tf, a, b) => tf.dot(a, b), { note: 'of vectors' }),
  direct(
    'BatchMatMul',
    { a: complex([1, 1, 2]), b: complex([1, 2, 1], 4) },
    { transposeA: false, transposeB: false },
    { note: 'of complex numbers', expected: [result(complexDot(), [1, 1, 1], 'complex64')] },
  ),
  kernelCase('_FusedMatMul', [real([3, 4]), real([4, 2], 2), real([2], 3)], (tf, a, b, bias) =>
    tf.fused.matMul({ a, b, bias, activation: 'relu' }),
  ),
  ...(['linear', 'elu', 'relu6', 'sigmoid', 'leakyrelu', 'prelu'] as const).map((activation) =>
    kernelCase(
      '_FusedMatMul',
      [real([4, 3]), real([2, 4], 2), real([2], 3), positive([2])],
      (tf, a, b, bias, preluActivationWeights) =>
        tf.fused.matMul({
          ...{ a, b, bias, activation, preluActivationWeights },
          ...{ transposeA: true, transposeB: true, leakyreluAlpha: 0.3 },
        }),
      { note: `with ${activation}` },
    ),
  ),
  kernelCase('Einsum', [real([2, 3]), real([3, 4], 2)], (tf, a, b) => tf.einsum('ij,jk->ik', a, b)),
  kernelCase('Einsum', [real([2, 3, 4]), real([2, 4, 5], 2)], (tf, a, b) => tf.einsum('bij,bjk->bki', a, b), {
    note: 'with a batch',
  }),
  kernelCase('Einsum', [real([3, 4])], (tf, a) => tf.einsum('ij->j', a), { note: 'as a sum' }),
  kernelCase(
    'Multinomial',
    [floats([0, -1000, -1000, -1000, 0, -1000], [2, 3])],
    (tf, logits) => tf.multinomial(logits.as2D(2, 3), 5, 7),
    // Where one outcome has all of the probability there is nothing to draw.
    {
      expected: [result([0, 0, 0, 0, 0, 1, 1, 1, 1, 1], [2, 5], 'int32')],
      captureError: 'HOST_RANDOM_IN_CAPTURE',
    },
  ),
];

/** The product of `complex([1, 1, 2])` and `complex([1, 2, 1], 4)`. */
function complexDot(): number[] {
  const others = complexNumbers(2, 4);
  return complexNumbers(2).reduce(
    ([re, im], [a, b], index) => {
      const [c, d] = others[index] ?? [0, 0];
      return [re + a * c - b * d, im + a * d + b * c];
    },
    [0, 0],
  );
}
