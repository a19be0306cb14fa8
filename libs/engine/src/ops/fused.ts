// TensorFlow's fused ops with their own gradient ops; tfjs composes the same from many small ones.

import type { Tensor, Tensor1D, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { intsAttribute, stringAttribute, type Runtime } from '../backend/runtime.js';

/** A window over images, channels last. */
export interface Window {
  readonly strides: readonly [number, number];
  readonly padding: 'valid' | 'same';
}

const NHWC = stringAttribute('data_format', 'NHWC');

export class FusedOps {
  constructor(private readonly runtime: Runtime) {}

  /** max(x, 0). */
  relu<T extends Tensor>(x: T): T {
    const { runtime } = this;
    const attributes = [runtime.typeAttribute('T', 'float32')];
    return runtime.tf.customGrad((...args) => {
      const [input, save] = args as unknown as [Tensor, (tensors: Tensor[]) => void];
      const value = runtime.run('Relu', attributes, [input]);
      save([value]);
      return {
        value,
        gradFunc: (dy: Tensor, saved: Tensor[]) => runtime.run('ReluGrad', attributes, [dy, saved[0] ?? dy]),
      };
    })(x) as T;
  }

  /** Adds a bias [channels] along the last axis. */
  biasAdd<T extends Tensor>(x: T, bias: Tensor1D): T {
    const { runtime } = this;
    const attributes = [runtime.typeAttribute('T', 'float32'), NHWC];
    return runtime.tf.customGrad((...args) => {
      const [input, offset] = args as unknown as [Tensor, Tensor];
      const gradFunc = (dy: Tensor): Tensor[] => [dy.clone(), runtime.run('BiasAddGrad', attributes, [dy])];
      return { value: runtime.run('BiasAdd', attributes, [input, offset]), gradFunc };
    })(x, bias) as T;
  }

  /** Softmax cross-entropy of each row: logits [batch, classes], class indexes [batch] int32 → [batch]. */
  sparseSoftmaxCrossEntropy(logits: Tensor2D, labels: Tensor1D): Tensor1D {
    const { runtime } = this;
    const attributes = [runtime.typeAttribute('T', 'float32'), runtime.typeAttribute('Tlabels', 'int32')];
    return runtime.tf.customGrad((...args) => {
      const [input, save] = args as unknown as [Tensor, (tensors: Tensor[]) => void];
      const [loss, slope] = runtime.runMany(
        'SparseSoftmaxCrossEntropyWithLogits',
        attributes,
        [input, labels],
        2,
      );
      if (!loss || !slope) throw new Error('SparseSoftmaxCrossEntropyWithLogits has two outputs');
      save([slope]);
      return { value: loss, gradFunc: (dy: Tensor, saved: Tensor[]) => dy.expandDims(1).mul(saved[0] ?? dy) };
    })(logits) as Tensor1D;
  }

  /** x [batch, height, width, in] ∗ kernel [h, w, in, out]; cross-correlation, as Keras means it. */
  conv2d(x: Tensor4D, kernel: Tensor4D, { strides, padding }: Window): Tensor4D {
    const { runtime } = this;
    const attributes = [
      runtime.typeAttribute('T', 'float32'),
      intsAttribute('strides', [1, ...strides, 1]),
      stringAttribute('padding', padding.toUpperCase()),
      NHWC,
    ];
    const shapeOf = (tensor: Tensor): Tensor => runtime.tf.tensor1d(tensor.shape, 'int32');
    return runtime.tf.customGrad((...args) => {
      const [input, filter, save] = args as unknown as [Tensor, Tensor, (tensors: Tensor[]) => void];
      save([input, filter]);
      const gradFunc = (dy: Tensor, [a = dy, b = dy]: Tensor[]): Tensor[] => [
        runtime.run('Conv2DBackpropInput', attributes, [shapeOf(a), b, dy]),
        runtime.run('Conv2DBackpropFilter', attributes, [a, shapeOf(b), dy]),
      ];
      return { value: runtime.run('Conv2D', attributes, [input, filter]), gradFunc };
    })(x, kernel) as Tensor4D;
  }

  /** The largest value of each window of x [batch, height, width, channels]. */
  maxPool2d(x: Tensor4D, size: readonly [number, number], { strides, padding }: Window): Tensor4D {
    const { runtime } = this;
    const attributes = [
      runtime.typeAttribute('T', 'float32'),
      intsAttribute('ksize', [1, ...size, 1]),
      intsAttribute('strides', [1, ...strides, 1]),
      stringAttribute('padding', padding.toUpperCase()),
      NHWC,
    ];
    return runtime.tf.customGrad((...args) => {
      const [input, save] = args as unknown as [Tensor, (tensors: Tensor[]) => void];
      const value = runtime.run('MaxPool', attributes, [input]);
      save([input, value]);
      return {
        value,
        gradFunc: (dy: Tensor, [a = dy, b = dy]: Tensor[]) =>
          runtime.run('MaxPoolGrad', attributes, [a, b, dy]),
      };
    })(x) as Tensor4D;
  }
}
