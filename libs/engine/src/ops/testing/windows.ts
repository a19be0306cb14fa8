// Convolutions and pooling of any number of dimensions in plain float64 arithmetic.

import type { Values } from './check.js';
import { at, range, sum } from './reference.js';

export interface WindowShape {
  /** Sizes of x [batch, ...spatial, channels]. */
  readonly x: readonly number[];
  /** Sizes of the window. */
  readonly size: readonly number[];
  readonly strides: readonly number[];
  readonly dilations?: readonly number[];
  readonly padding: 'valid' | 'same';
}

/** All index tuples of a shape, the last index fastest. */
const tuples = (shape: readonly number[]): number[][] =>
  shape.reduce<number[][]>((all, size) => all.flatMap((head) => range(size).map((i) => [...head, i])), [[]]);

const flat = (index: Values, shape: Values): number =>
  index.reduce((offset, value, axis) => offset * at(shape, axis) + value, 0);

interface Tap {
  /** Indexes of the window's element. */
  readonly tap: number[];
  /** Where in x it lies. */
  readonly source: number[];
}

/** The windows of x: for each output position the taps that lie within x. TensorFlow pads less before than after. */
function windowsOf({ x, size, strides, dilations, padding }: WindowShape) {
  const spatial = x.slice(1, -1);
  const spans = size.map((taps, axis) => (taps - 1) * (dilations?.[axis] ?? 1) + 1);
  const out = spatial.map((length, axis) =>
    Math.ceil((padding === 'same' ? length : length - at(spans, axis) + 1) / at(strides, axis)),
  );
  const before = spatial.map((length, axis) => {
    const needed = (at(out, axis) - 1) * at(strides, axis) + at(spans, axis) - length;
    return padding === 'same' ? Math.floor(Math.max(needed, 0) / 2) : 0;
  });
  const taps = (position: Values): Tap[] =>
    tuples(size)
      .map((tap) => ({
        tap,
        source: position.map(
          (p, axis) => p * at(strides, axis) - at(before, axis) + at(tap, axis) * (dilations?.[axis] ?? 1),
        ),
      }))
      .filter(({ source }) => source.every((i, axis) => i >= 0 && i < at(spatial, axis)));
  return { out, taps };
}

/** For each sample, position and channel of x: `reduce` of the window's elements. */
export function poolReference(shape: WindowShape, x: Values, reduce: (window: number[]) => number): number[] {
  const { out, taps } = windowsOf(shape);
  const [batch = 1, channels = 1] = [shape.x[0], shape.x.at(-1)];
  return tuples([batch, ...out, channels]).map(([sample = 0, ...rest]) => {
    const channel = rest.at(-1) ?? 0;
    return reduce(
      taps(rest.slice(0, -1)).map(({ source }) => at(x, flat([sample, ...source, channel], shape.x))),
    );
  });
}

/**
 * x ∗ kernel [...size, in / groups, out], each group of output channels from its own input channels; depthwise, output
 * channel c·out + m is made of input channel c alone.
 */
export function convReference(
  shape: WindowShape,
  x: Values,
  kernel: Values,
  { filters, depthwise = false, groups = 1 }: { filters: number; depthwise?: boolean; groups?: number },
): number[] {
  const { out, taps } = windowsOf(shape);
  const [batch = 1, channels = 1] = [shape.x[0], shape.x.at(-1)];
  const each = channels / groups;
  const kernelShape = [...shape.size, each, filters];
  return tuples([batch, ...out, depthwise ? channels * filters : filters]).map(([sample = 0, ...rest]) => {
    const output = rest.at(-1) ?? 0;
    const first = depthwise ? Math.floor(output / filters) : Math.floor(output / (filters / groups)) * each;
    const inputs = range(depthwise ? 1 : each).map((channel) => first + channel);
    return sum(
      taps(rest.slice(0, -1)).flatMap(({ tap, source }) =>
        inputs.map(
          (channel) =>
            at(x, flat([sample, ...source, channel], shape.x)) *
            at(kernel, flat([...tap, depthwise ? channel : channel - first, output % filters], kernelShape)),
        ),
      ),
    );
  });
}

/**
 * The transpose of a convolution that `shape` describes, whose x is the output here: each value of y [batch, ...,
 * filters] is spread over its window by kernel [...size, channels, filters].
 */
export function transposeReference(shape: WindowShape, y: Values, kernel: Values, filters: number): number[] {
  const { out, taps } = windowsOf(shape);
  const [batch = 1, channels = 1] = [shape.x[0], shape.x.at(-1)];
  const result = range(shape.x.reduce((product, size) => product * size, 1)).map(() => 0);
  for (const [sample = 0, ...rest] of tuples([batch, ...out, filters])) {
    const filter = rest.at(-1) ?? 0;
    const value = at(y, flat([sample, ...rest], [batch, ...out, filters]));
    for (const { tap, source } of taps(rest.slice(0, -1)))
      for (const channel of range(channels)) {
        const index = flat([sample, ...source, channel], shape.x);
        const weight = at(kernel, flat([...tap, channel, filter], [...shape.size, channels, filters]));
        result[index] = at(result, index) + value * weight;
      }
  }
  return result;
}
