// A part of a run's history of metrics, from one step to another, in a few points a series. A short part is read frame by
// frame; of a long one, frames at its ends and rollups between.

import { BLOCK, RollupRepository, type FrameRow, type RunRow, type StepRange } from '@gradstream/data';
import { Injectable } from '@nestjs/common';
import { Buckets, pointsOf, SHORT_BLOCKS } from './buckets.js';
import { downsample, partsOf, picture, type Part, type Picture, type Sample } from './downsample.js';

export interface RangeOptions {
  /** Most points of a series. */
  readonly points: number;
  /** Which series; all when absent. */
  readonly series?: readonly string[] | undefined;
  readonly fromStep?: number | undefined;
  readonly toStep?: number | undefined;
}

/** What was found, and the frames around it. */
interface Found {
  readonly pictures: ReadonlyMap<string, Picture>;
  readonly seqs: { readonly from: number; readonly to: number };
}

@Injectable()
export class RangeSamples {
  constructor(private readonly rollups: RollupRepository) {}

  /** The points of a run within the steps of the options; stitched. */
  async read({ id, project_id, last_seq }: RunRow, options: RangeOptions): Promise<Found> {
    const { fromStep = 0, toStep = Number.MAX_SAFE_INTEGER, series = null, points } = options;
    const steps: StepRange = { from: fromStep, to: toStep };
    const end = Math.floor(last_seq / BLOCK);
    const missing = await this.rollups.missing(project_id, id, end);
    const loose = await this.rollups.framesOf(project_id, id, [...missing, end]);
    const rows = loose.filter(({ step }) => step >= steps.from && step <= steps.to);
    const blocks = await this.rollups.blocksWithin(project_id, id, steps);
    const wanted = series ? new Set(series) : null;
    if (blocks === null || blocks.last - blocks.first < SHORT_BLOCKS) {
      if (blocks) rows.push(...(await this.rollups.framesWithin(project_id, id, blocks, steps)));
      const found = [...pointsOf(inOrder(rows), wanted)];
      const pictures = new Map(found.map(([name, all]) => [name, downsample(all, points)]));
      return { pictures, seqs: around(rows, last_seq) };
    }
    for (const block of [blocks.first, blocks.last])
      rows.push(...(await this.rollups.framesWithin(project_id, id, { first: block, last: block }, steps)));
    const inner = { first: blocks.first + 1, last: blocks.last - 1 };
    const width = Math.ceil((blocks.last - blocks.first + 1) / Math.max(1, partsOf(points) - 1));
    const buckets = new Buckets(width);
    for (const row of await this.rollups.parts(project_id, id, { width, series, blocks: inner }))
      buckets.addBlocks(row);
    buckets.addPoints(pointsOf(inOrder(rows), wanted));
    return { pictures: picturesOf(buckets, points), seqs: around(rows, last_seq) };
  }
}

const inOrder = (rows: readonly FrameRow[]): FrameRow[] => rows.toSorted((a, b) => a.seq - b.seq);

/** From the first to the last of these frames; of none, all of the run. */
function around(rows: readonly FrameRow[], lastSeq: number): Found['seqs'] {
  if (rows.length === 0) return { from: 1, to: lastSeq };
  const [from, to] = rows.reduce(
    ([least, most], { seq }) => [Math.min(least, seq), Math.max(most, seq)],
    [Infinity, 0],
  );
  return { from, to };
}

/** The points of a part; without a number it is a NaN. */
const samplesOf = ({ low, high, nanStep }: Part): Sample[] => [
  ...(low && high ? [low, high] : []),
  ...(nanStep === null ? [] : [{ step: nanStep, value: Number.NaN }]),
];

/** The series of buckets; the outermost points that are known stand for the ends. */
function picturesOf(buckets: Buckets, points: number): Map<string, Picture> {
  const pictures = new Map<string, Picture>();
  for (const name of buckets.names()) {
    const parts = buckets.partsOf(name);
    const inSteps = parts.flatMap(samplesOf).sort((a, b) => a.step - b.step);
    const [first, last] = [inSteps[0], inSteps.at(-1)];
    if (first && last) pictures.set(name, picture(parts, { first, last }, points));
  }
  return pictures;
}
