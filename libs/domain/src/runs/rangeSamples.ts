// A part of a run's history of metrics, from one step to another, in a few points a series. A short part is read frame by
// frame; of a long one, frames at its ends and rollups between.

import { BLOCK, RollupRepository, type FrameRow, type RunRow, type StepRange } from '@gradstream/data';
import { Injectable } from '@nestjs/common';
import { downsample, joined, partsOf, picture, type Outline, type Sample } from './downsample.js';
import { pointsOf, SHORT_BLOCKS } from './placed.js';

export interface RangeOptions {
  /** Most points of a series. */
  readonly points: number;
  /** Which series; all when absent. */
  readonly series?: readonly string[] | undefined;
  readonly fromStep?: number | undefined;
  readonly toStep?: number | undefined;
}

/** What was found, and the frames around it. */
interface Part {
  readonly samples: ReadonlyMap<string, Sample[]>;
  readonly seqs: { readonly from: number; readonly to: number };
}

@Injectable()
export class RangeSamples {
  constructor(private readonly rollups: RollupRepository) {}

  /** The points of a run within the steps of the options; stitched. */
  async read({ id, project_id, last_seq }: RunRow, options: RangeOptions): Promise<Part> {
    const { fromStep = 0, toStep = Number.MAX_SAFE_INTEGER, series = null } = options;
    const steps: StepRange = { from: fromStep, to: toStep };
    const end = Math.floor(last_seq / BLOCK);
    const missing = await this.rollups.missing(project_id, id, end);
    const loose = await this.rollups.framesOf(project_id, id, missing, end);
    const rows = loose.filter(({ step }) => step >= steps.from && step <= steps.to);
    const blocks = await this.rollups.blocksWithin(project_id, id, steps);
    const wanted = series ? new Set(series) : null;
    if (blocks === null || blocks.last - blocks.first < SHORT_BLOCKS) {
      if (blocks) rows.push(...(await this.rollups.framesWithin(project_id, id, blocks, steps)));
      const found = pointsOf(inOrder(rows), wanted);
      const samples = [...found].map(([name, all]) => [name, downsample(all, options.points)] as const);
      return { samples: new Map(samples), seqs: around(rows, last_seq) };
    }
    for (const block of [blocks.first, blocks.last])
      rows.push(...(await this.rollups.framesWithin(project_id, id, { first: block, last: block }, steps)));
    const inner = { first: blocks.first + 1, last: blocks.last - 1 };
    const width = Math.ceil((blocks.last - blocks.first + 1) / Math.max(1, partsOf(options.points) - 1));
    const outlines = new Map<string, Map<number, Outline>>();
    const add = (name: string, bucket: number, outline: Outline): void => {
      const known = outlines.get(name) ?? new Map<number, Outline>();
      outlines.set(name, known.set(bucket, joined(known.get(bucket), outline)));
    };
    for (const part of await this.rollups.extremes(project_id, id, { width, series, blocks: inner }))
      add(part.series, part.bucket, {
        low: { step: part.minStep, value: part.minValue },
        high: { step: part.maxStep, value: part.maxValue },
      });
    for (const [name, samples] of pointsOf(inOrder(rows), wanted))
      for (const sample of samples)
        if (!Number.isNaN(sample.value))
          add(name, Math.floor(sample.block / width), { low: sample, high: sample });
    return { samples: picturesOf(outlines, options.points), seqs: around(rows, last_seq) };
  }
}

const inOrder = (rows: readonly FrameRow[]): FrameRow[] => rows.toSorted((a, b) => a.seq - b.seq);

/** From the first to the last of these frames; of none, all of the run. */
function around(rows: readonly FrameRow[], lastSeq: number): Part['seqs'] {
  if (rows.length === 0) return { from: 1, to: lastSeq };
  const [from, to] = rows.reduce(
    ([least, most], { seq }) => [Math.min(least, seq), Math.max(most, seq)],
    [Infinity, 0],
  );
  return { from, to };
}

/** The points of outlines; the outermost of them stand for the ends. */
function picturesOf(
  outlines: ReadonlyMap<string, ReadonlyMap<number, Outline>>,
  points: number,
): Map<string, Sample[]> {
  const pictures = new Map<string, Sample[]>();
  for (const [name, parts] of outlines) {
    const all = [...parts.values()].flatMap(({ low, high }) => [low, high]);
    const inSteps = all.toSorted((a, b) => a.step - b.step);
    const [first, last] = [inSteps[0], inSteps.at(-1)];
    if (first && last) pictures.set(name, picture(parts.values(), { first, last }, points));
  }
  return pictures;
}
