// Points of frames by series, as what reads them in a few points needs them.

import { blockOf, type FrameRow } from '@gradstream/data';
import type { Sample } from './downsample.js';

/** Blocks up to which all frames are read: some tens of milliseconds. */
export const SHORT_BLOCKS = 40;

/** A point, and the block of its frame. */
export interface Placed extends Sample {
  readonly block: number;
}

/** Points of frames by series, in order. */
export function pointsOf(
  rows: readonly FrameRow[],
  wanted: ReadonlySet<string> | null,
): Map<string, Placed[]> {
  const all = new Map<string, Placed[]>();
  for (const { seq, step, series, values } of rows)
    for (const [index, name] of series.entries()) {
      if (wanted && !wanted.has(name)) continue;
      const point = { step, value: values[index] ?? Number.NaN, block: blockOf(seq) };
      const known = all.get(name);
      if (known) known.push(point);
      else all.set(name, [point]);
    }
  return all;
}
