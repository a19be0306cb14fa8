// Matrix products, and the layers that are made of them.

import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import { boolAttribute, type Runtime } from '../backend/runtime.js';
import type { Attribute } from '../native/attributes.js';
import { floatType } from './attributes.js';
import { defineKernel } from './kernels.js';

export interface Transposed {
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
}

type Product = (a: Tensor, b: Tensor, transposeA?: boolean, transposeB?: boolean) => Tensor;

/** Gradients of a product by products alone: a transposition becomes a flag of the op. */
function productGradient(product: Product, dy: Tensor, a: Tensor, b: Tensor, flags: Transposed) {
  const { transposeA = false, transposeB = false } = flags;
  return {
    a: () => (transposeA ? product(b, dy, transposeB, true) : product(dy, b, false, !transposeB)),
    b: () => (transposeB ? product(dy, a, true, transposeA) : product(a, dy, !transposeA, false)),
  };
}

export function matmulOps(runtime: Runtime, biasAdd: (x: Tensor, bias: Tensor1D) => Tensor) {
  const T = floatType(runtime);
  const productOf =
    (op: string, flagA: string, flagB: string): Product =>
    (a, b, transposeA = false, transposeB = false) => {
      const flags: Attribute[] = [boolAttribute(flagA, transposeA), boolAttribute(flagB, transposeB)];
      return runtime.run(op, [T, ...flags], [a, b]);
    };
  const define = (name: string, product: Product) =>
    defineKernel(runtime, name, {
      inputs: ['a', 'b'],
      outputs: ['y'],
      saved: ['a', 'b'],
      forward: ({ a, b }, { transposeA, transposeB }: Transposed) => [product(a, b, transposeA, transposeB)],
      gradient: ({ y: dy }, { a, b }, flags) => productGradient(product, dy, a, b, flags),
    });
  const matMul = define('MatMul', productOf('MatMul', 'transpose_a', 'transpose_b'));
  const batchMatMul = define('BatchMatMul', productOf('BatchMatMulV2', 'adj_x', 'adj_y'));

  return {
    /** The product of two matrices, either of them transposed. */
    matMul: (a: Tensor2D, b: Tensor2D, flags: Transposed = {}): Tensor2D =>
      matMul({ a, b }, flags).y as Tensor2D,

    /** Products of the matrices in the last two dimensions; the dimensions before them are the same in a and b. */
    batchMatMul: (a: Tensor, b: Tensor, flags: Transposed = {}): Tensor => batchMatMul({ a, b }, flags).y,

    /** x [..., in] · kernel [in, units] + bias [units] → [..., units]: one product for any number of dimensions. */
    dense(x: Tensor, kernel: Tensor2D, bias?: Tensor1D): Tensor {
      const [width, units] = kernel.shape;
      return runtime.tf.tidy(() => {
        const rows = x.rank === 2 ? x : x.reshape([-1, width]);
        const product = matMul({ a: rows, b: kernel }, {}).y;
        const y = bias ? biasAdd(product, bias) : product;
        return x.rank === 2 ? y : y.reshape([...x.shape.slice(0, -1), units]);
      });
    },
  };
}
