// Points of a run by series and by bucket: so many blocks of its history each, from rollups and from frames.

import { blockOf, type FrameRow, type RollupPart } from '@gradstream/data';
import { Part, type Sample } from './downsample.js';

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

/** A group of blocks as a part of its series. Thousands are made for an answer: assigned one by one, for it is faster. */
function toPart(row: RollupPart): Part {
  const part = new Part();
  if (row.minStep !== null && row.minValue !== null) part.low = { step: row.minStep, value: row.minValue };
  if (row.maxStep !== null && row.maxValue !== null) part.high = { step: row.maxStep, value: row.maxValue };
  part.nanStep = row.nanStep;
  part.firstStep = row.firstStep;
  part.lastStep = row.lastStep;
  part.sum = row.valueSum;
  part.count = row.valueCount;
  return part;
}

/** Parts of series by bucket. */
export class Buckets {
  readonly #series = new Map<string, Map<number, Part>>();

  /** Buckets of so many blocks. */
  constructor(private readonly width: number) {}

  names(): Iterable<string> {
    return this.#series.keys();
  }

  /** Takes in what rollups of as many blocks tell. */
  addBlocks(row: RollupPart): void {
    this.#add(row.series, row.bucket, toPart(row));
  }

  /** Takes in points of frames. */
  addPoints(loose: ReadonlyMap<string, readonly Placed[]>): void {
    for (const [name, samples] of loose)
      for (const [bucket, found] of Map.groupBy(samples, ({ block }) => Math.floor(block / this.width))) {
        const part = new Part();
        for (const sample of found) part.add(sample);
        this.#add(name, bucket, part);
      }
  }

  /** The parts of a series, in order. */
  partsOf(name: string): Part[] {
    return [...(this.#series.get(name) ?? [])].sort(([a], [b]) => a - b).map(([, part]) => part);
  }

  #add(name: string, bucket: number, part: Part): void {
    const buckets = this.#series.get(name) ?? new Map<number, Part>();
    if (buckets.size === 0) this.#series.set(name, buckets);
    buckets.set(bucket, buckets.get(bucket)?.join(part) ?? part);
  }
}
