// Sliding windows over one to three axes, channels last.

import { ShapeError, showShape, type Shape } from './layer.js';

/** What slides over the axes. */
export interface Windows {
  readonly window: readonly number[];
  readonly strides: readonly number[];
  readonly padding: 'valid' | 'same' | 'causal';
  readonly dilation_rate?: readonly number[];
}

const NAMES = {
  1: '[steps, channels]',
  2: '[height, width, channels]',
  3: '[depth, height, width, channels]',
};

/** The axes that windows slide over, and the channels. Throws ShapeError for another rank. */
export function spatialShape(
  shape: Shape,
  rank: 1 | 2 | 3,
): { lengths: readonly number[]; channels: number } {
  const channels = shape.at(-1);
  if (shape.length === rank + 1 && channels !== undefined) return { lengths: shape.slice(0, -1), channels };
  const message = `takes ${NAMES[rank]} a sample, it is given the shape ${showShape(shape)}`;
  const example = ['', '[100, 8]', '[28, 28, 1]', '[8, 28, 28, 1]'][rank] ?? '';
  throw new ShapeError(message, `Give it an input of rank ${rank + 1}, such as ${example}`);
}

/**
 * Output lengths of sliding windows (TensorFlow's padding rules): `valid` floor((n - k) / s) + 1 with
 * k = (window - 1) · dilation + 1, `same` and `causal` ceil(n / s). Throws ShapeError when a window is larger than its axis.
 */
export function windowLengths(lengths: readonly number[], windows: Windows): number[] {
  return lengths.map((length, axis) => {
    const dilation = windows.dilation_rate?.[axis] ?? 1;
    const window = ((windows.window[axis] ?? 1) - 1) * dilation + 1;
    const stride = windows.strides[axis] ?? 1;
    if (windows.padding !== 'valid') return Math.ceil(length / stride);
    if (window <= length) return Math.floor((length - window) / stride) + 1;
    const message = `has a window of ${window} on a length of ${length}`;
    throw new ShapeError(message, 'Use a smaller window, or padding "same"');
  });
}
