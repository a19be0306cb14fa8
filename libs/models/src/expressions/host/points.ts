// Points of the gradient check. The same arguments give the same numbers.

import { sizeOf, type Shape } from '../../layers/layer.js';
import type { HostArray } from './array.js';

/** Formulas may need positive values (log), small ones (log1p(-x)), or larger ones; most take any. */
export const POINT_KINDS = ['signed', 'wide', 'positive', 'fraction', 'large'] as const;
export type PointKind = (typeof POINT_KINDS)[number];

const ranges: Readonly<Record<PointKind, readonly [low: number, high: number]>> = {
  signed: [-1.5, 1.5],
  wide: [-8, 8],
  positive: [0.2, 1.8],
  fraction: [0.1, 0.4],
  large: [1.2, 4],
};

/** The mixing of MurmurHash3: numbers in [0, 1) without visible order. */
function fraction(seed: number): number {
  let bits = Math.imul(seed ^ (seed >>> 16), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return ((bits ^ (bits >>> 16)) >>> 0) / 2 ** 32;
}

/** An array of one kind; `attempt` and `place` tell arrays apart. */
export function drawPoint(kind: PointKind, shape: Shape, attempt: number, place: number): HostArray {
  const [low, high] = ranges[kind];
  const start = (attempt * 64 + place + 1) * 1_000_003;
  const data = Float64Array.from(
    { length: sizeOf(shape) },
    (_, i) => low + (high - low) * fraction(start + i),
  );
  return { shape, data };
}
