// Convolutions by group of channels, in forms that TensorFlow has no kernels for on every device.

import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import type { Runtime } from '../backend/runtime.js';
import type { AnyWindow } from './window.js';
import { dilated } from './dilation.js';

/** A convolution of images or volumes. */
export type Convolve = (
  inputs: { readonly x: Tensor; readonly kernel: Tensor },
  window: AnyWindow,
) => { readonly y: Tensor };

const isSpread = (numbers: readonly number[] | undefined): boolean =>
  numbers?.some((one) => one > 1) ?? false;

/**
 * A convolution with as many groups as the channels of x hold those of the kernel. TensorFlow's kernels know groups on
 * GPUs (of images) and in XLA; on CPUs, where they have no gradients, the groups are convolutions of their own.
 * Groups of one channel are a depthwise convolution.
 */
export function grouped(runtime: Runtime, convolve: Convolve, depthwise: Convolve | null): Convolve {
  const { tf } = runtime;
  return ({ x, kernel }, window) => {
    const [channels = 1, each = 1] = [x.shape.at(-1), kernel.shape.at(-2)];
    const groups = channels / each;
    const known = runtime.isForXla || (x.rank === 4 && runtime.binding.isUsingGpuDevice());
    if (groups === 1 || known) return convolve({ x, kernel }, window);
    const y = tf.tidy(() => {
      if (each === 1 && depthwise) {
        const size = kernel.shape.slice(0, -2);
        return depthwise({ x, kernel: kernel.reshape([...size, channels, -1]) }, window).y;
      }
      const kernels = tf.split(kernel, groups, -1);
      const parts = tf.split(x, groups, -1).map((part, group) => {
        return convolve({ x: part, kernel: kernels[group] ?? kernel }, window).y;
      });
      return tf.concat(parts, -1);
    });
    return { y };
  };
}

/** Zeros before and after each axis for padding "same" (TensorFlow's rule: the odd one goes after). */
function samePadding(x: Tensor, kernel: Tensor, { strides, dilations }: AnyWindow): [number, number][] {
  return strides.map((stride, axis) => {
    const length = x.shape[axis + 1] ?? 1;
    const taps = ((kernel.shape[axis] ?? 1) - 1) * (dilations?.[axis] ?? 1) + 1;
    const missing = Math.max((Math.ceil(length / stride) - 1) * stride + taps - length, 0);
    const before = Math.floor(missing / 2);
    return [before, missing - before];
  });
}

/**
 * A depthwise convolution of images with dilations, of which TensorFlow has no gradients on CPUs, and with strides that
 * differ or meet dilations, which it refuses: those are taken from the result of stride 1, as Keras 3.15 does.
 */
export function spacedDepthwise({ tf }: Runtime, depthwise: Convolve): Convolve {
  const unit = (x: Tensor, kernel: Tensor, { padding, dilations }: AnyWindow): Tensor => {
    if (!dilations || !isSpread(dilations)) return depthwise({ x, kernel }, { strides: [1, 1], padding }).y;
    return dilated(tf, x as Tensor4D, kernel.shape.slice(0, 2), { padding, dilations }, (spread) => {
      return depthwise({ x: spread, kernel }, { strides: [1, 1], padding: 'valid' }).y as Tensor4D;
    });
  };
  return ({ x, kernel }, window) => {
    const { strides, padding, dilations } = window;
    const [rows = 1, columns = 1] = strides;
    if (rows === columns && !isSpread(dilations)) return depthwise({ x, kernel }, { strides, padding });
    const y = tf.tidy(() => {
      if (!isSpread(strides)) return unit(x, kernel, window);
      const padded = padding === 'same' ? tf.pad(x, [[0, 0], ...samePadding(x, kernel, window), [0, 0]]) : x;
      const all = unit(padded, kernel, { ...window, padding: 'valid' }) as Tensor4D;
      return tf.avgPool(all, [1, 1], [rows, columns], 'valid');
    });
    return { y };
  };
}
