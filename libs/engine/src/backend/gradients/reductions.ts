// Gradients of sums and of what is broadcast. tfjs multiplies with ones that it makes on the host.

import type { Tensor } from '@tensorflow/tfjs';
import { stringAttribute, type Runtime } from '../runtime.js';
import type { Attributes, Replacement } from './replace.js';

export function reductionGradients(runtime: Runtime): Replacement[] {
  const { tf } = runtime;
  const T = runtime.typeAttribute('T', 'float32');
  const axesOf = ({ shape }: Tensor, { axis }: Attributes): number[] =>
    tf.util.parseAxisParam(axis as number | number[], shape);
  /** dy on all positions of x. In a graph it is a product with ones, which TensorFlow folds into what uses it. */
  const spread = (dy: Tensor, { shape }: Tensor, axes: readonly number[]): Tensor => {
    const kept = dy.reshape(shape.map((size, index) => (axes.includes(index) ? 1 : size)));
    const dims = tf.tensor1d(shape, 'int32');
    if (!runtime.binding.capture)
      return runtime.run('BroadcastTo', [T, runtime.typeAttribute('Tidx', 'int32')], [kept, dims]);
    return kept.mul(
      runtime.run('Fill', [T, runtime.typeAttribute('index_type', 'int32')], [dims, tf.scalar(1)]),
    );
  };
  return [
    {
      kernelName: 'Sum',
      inputsToSave: ['x'],
      gradient: (dy, [x = dy], attributes) => ({ x: () => spread(dy, x, axesOf(x, attributes)) }),
    },
    {
      kernelName: 'Mean',
      inputsToSave: ['x'],
      gradient: (dy, [x = dy], attributes) => ({
        x: () => {
          const axes = axesOf(x, attributes);
          const count = axes.reduce((product, axis) => product * (x.shape[axis] ?? 1), 1);
          return spread(dy.mul(1 / count), x, axes);
        },
      }),
    },
    additionGradient(runtime),
  ];
}

/** A bias is added by Add in tfjs's own layers; its gradient is a sum over all but the last axis. */
function additionGradient(runtime: Runtime): Replacement {
  const { tf } = runtime;
  const original = tf.getGradient('Add');
  const attributes = [runtime.typeAttribute('T', 'float32'), stringAttribute('data_format', 'NHWC')];
  return {
    kernelName: 'Add',
    inputsToSave: ['a', 'b'],
    gradient: (dy, [a = dy, b = dy], rest) => {
      const isBias = b.rank === 1 && dy.rank > 1 && b.size === dy.shape.at(-1) && dy.dtype === 'float32';
      const gradients = original.gradFunc(dy, [a, b], rest);
      return isBias ? { ...gradients, b: () => runtime.run('BiasAddGrad', attributes, [dy]) } : gradients;
    },
  };
}
