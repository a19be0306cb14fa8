import { ShapeError, showShape, type Shape } from './layer.js';

/** Height, width and channels of an image shape. Throws ShapeError for another rank. */
export function imageShape(inputShape: Shape): [height: number, width: number, channels: number] {
  const [height, width, channels] = inputShape;
  if (inputShape.length !== 3 || height === undefined || width === undefined || channels === undefined) {
    const message = `takes an image [height, width, channels] a sample, it is given the shape ${showShape(inputShape)}`;
    throw new ShapeError(message, 'Give the model an input of rank 3, such as [8, 8, 1]');
  }
  return [height, width, channels];
}

/**
 * Output length of a sliding window (TensorFlow's padding rules): `valid` floor((n - k) / s) + 1, `same` ceil(n / s).
 * Throws ShapeError when the window is larger than the image.
 */
export function windowLength(
  length: number,
  window: number,
  stride: number,
  padding: 'valid' | 'same',
): number {
  if (padding === 'same') return Math.ceil(length / stride);
  if (window > length) {
    throw new ShapeError(
      `has a window of ${window} on a length of ${length}`,
      'Use a smaller window, or padding "same"',
    );
  }
  return Math.floor((length - window) / stride) + 1;
}
