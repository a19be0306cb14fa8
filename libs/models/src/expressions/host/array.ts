// Arrays of float64 in row-major order.

import { sizeOf, type Shape } from '../../layers/layer.js';

export interface HostArray {
  readonly shape: Shape;
  readonly data: Float64Array;
}

export const scalar = (value: number): HostArray => ({ shape: [], data: Float64Array.of(value) });

/** The distance in memory of neighbours along each axis. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length).fill(1);
  for (let axis = shape.length - 2; axis >= 0; axis -= 1) {
    strides[axis] = (strides[axis + 1] ?? 1) * (shape[axis + 1] ?? 1);
  }
  return strides;
}

/** For each position of `shape`, in order, the offset that strides give. */
export function offsets(shape: Shape, strides: readonly number[]): Int32Array {
  const result = new Int32Array(sizeOf(shape));
  let filled = 1;
  // From the last axis on, what is filled is repeated, each time further on.
  let block = 1;
  for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
    const length = shape[axis] ?? 1;
    const stride = strides[axis] ?? 0;
    for (let position = 1; position < length; position += 1) {
      for (let index = 0; index < block; index += 1) {
        result[filled] = (result[index] ?? 0) + position * stride;
        filled += 1;
      }
    }
    block *= length;
  }
  return result;
}

/** Strides over `array` for positions of a shape that it is broadcast to. */
export function broadcastStrides({ shape }: HostArray, to: Shape): number[] {
  const own = stridesOf(shape);
  const missing = to.length - shape.length;
  return to.map((_, axis) =>
    axis < missing || shape[axis - missing] === 1 ? 0 : (own[axis - missing] ?? 0),
  );
}

/** The shape that arrays of shapes that fit are broadcast to. */
export function commonShape(arrays: readonly HostArray[]): number[] {
  const rank = Math.max(...arrays.map(({ shape }) => shape.length));
  return Array.from({ length: rank }, (_, axis) =>
    arrays.reduce((length, { shape }) => {
      const own = shape[axis - rank + shape.length] ?? 1;
      return own === 1 ? length : own;
    }, 1),
  );
}

/** An array with its values in the order of other axes. */
export function permute({ shape, data }: HostArray, order: readonly number[]): HostArray {
  const strides = stridesOf(shape);
  const to = order.map((axis) => shape[axis] ?? 1);
  const from = offsets(
    to,
    order.map((axis) => strides[axis] ?? 1),
  );
  return { shape: to, data: Float64Array.from(from, (offset) => data[offset] ?? NaN) };
}

/** An array summed to a shape that was broadcast to its own. */
export function sumTo({ shape, data }: HostArray, to: Shape): HostArray {
  const result = { shape: to, data: new Float64Array(sizeOf(to)) };
  const into = offsets(shape, broadcastStrides(result, shape));
  data.forEach((value, index) => {
    const offset = into[index] ?? 0;
    result.data[offset] = (result.data[offset] ?? 0) + value;
  });
  return result;
}
