// TensorFlow's fused ops with their own gradient ops; tfjs composes the same from many small ones.

import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { intsAttribute, stringAttribute, type Runtime } from '../backend/runtime.js';
import { withGradient } from './gradient.js';

/** A window over images, channels last. */
export interface Window {
  readonly strides: readonly [number, number];
  readonly padding: 'valid' | 'same';
}

const NHWC = stringAttribute('data_format', 'NHWC');

export class FusedOps {
  constructor(private readonly runtime: Runtime) {}

  /** max(x, 0). */
  relu(x: Tensor): Tensor {
    const { runtime } = this;
    const attributes = [runtime.typeAttribute('T', 'float32')];
    return withGradient(runtime.tf, [x], (save) => {
      const value = runtime.run('Relu', attributes, [x]);
      save(value);
      return { value, gradFunc: (dy, [y = dy]) => runtime.run('ReluGrad', attributes, [dy, y]) };
    });
  }

  /** Adds a bias [channels] along the last axis. */
  biasAdd(x: Tensor, bias: Tensor1D): Tensor {
    const { runtime } = this;
    const attributes = [runtime.typeAttribute('T', 'float32'), NHWC];
    return withGradient(runtime.tf, [x, bias], () => ({
      value: runtime.run('BiasAdd', attributes, [x, bias]),
      gradFunc: (dy) => [dy.clone(), runtime.run('BiasAddGrad', attributes, [dy])],
    }));
  }

  /** Softmax cross-entropy of each row: logits [batch, classes], class indexes [batch] int32 → [batch]. */
  sparseSoftmaxCrossEntropy(logits: Tensor2D, labels: Tensor1D): Tensor {
    const { runtime } = this;
    const attributes = [runtime.typeAttribute('T', 'float32'), runtime.typeAttribute('Tlabels', 'int32')];
    return withGradient(runtime.tf, [logits], (save) => {
      const op = 'SparseSoftmaxCrossEntropyWithLogits';
      const [value, slope] = runtime.runMany(op, attributes, [logits, labels], 2);
      if (!value || !slope) throw new Error(`${op} has two outputs`);
      save(slope);
      return { value, gradFunc: (dy, [saved = dy]) => dy.expandDims(1).mul(saved) };
    });
  }

  /** x [batch, height, width, in] ∗ kernel [h, w, in, out]; cross-correlation, as Keras means it. */
  conv2d(x: Tensor4D, kernel: Tensor4D, { strides, padding }: Window): Tensor {
    const { runtime } = this;
    const attributes = [
      runtime.typeAttribute('T', 'float32'),
      intsAttribute('strides', [1, ...strides, 1]),
      stringAttribute('padding', padding.toUpperCase()),
      NHWC,
    ];
    const shapeOf = (tensor: Tensor): Tensor => runtime.tf.tensor1d(tensor.shape, 'int32');
    return withGradient(runtime.tf, [x, kernel], (save) => {
      save(x, kernel);
      return {
        value: runtime.run('Conv2D', attributes, [x, kernel]),
        gradFunc: (dy, [input = dy, filter = dy]) => [
          runtime.run('Conv2DBackpropInput', attributes, [shapeOf(input), filter, dy]),
          runtime.run('Conv2DBackpropFilter', attributes, [input, shapeOf(filter), dy]),
        ],
      };
    });
  }

  /** The largest value of each window of x [batch, height, width, channels]. */
  maxPool2d(x: Tensor4D, size: readonly [number, number], { strides, padding }: Window): Tensor {
    const { runtime } = this;
    const attributes = [
      runtime.typeAttribute('T', 'float32'),
      intsAttribute('ksize', [1, ...size, 1]),
      intsAttribute('strides', [1, ...strides, 1]),
      stringAttribute('padding', padding.toUpperCase()),
      NHWC,
    ];
    return withGradient(runtime.tf, [x], (save) => {
      const value = runtime.run('MaxPool', attributes, [x]);
      save(x, value);
      return {
        value,
        gradFunc: (dy, [input = dy, output = dy]) =>
          runtime.run('MaxPoolGrad', attributes, [input, output, dy]),
      };
    });
  }
}
