// A run's whole history of metrics in a few points a series, whatever its length: what is long is read from rollups.

import { isFinal, runStateSchema, toWireNumber, type MetricSamples } from '@gradstream/contracts';
import {
  BLOCK,
  blockOf,
  Database,
  RollupRepository,
  RunRepository,
  type FrameRow,
  type RollupPart,
} from '@gradstream/data';
import { Injectable } from '@nestjs/common';
import { encodeCursor } from '../common/cursor.js';
import { checkId, notFound } from '../common/ids.js';
import { requireScope, type Principal } from '../common/principal.js';
import { downsample, Part, partsOf, picture, type Picture, type Sample } from './downsample.js';

/** Blocks of a run up to which all frames are read: some tens of milliseconds. */
const SHORT_BLOCKS = 40;
/** Steps whose epoch and time are told: between them both go evenly enough for an axis. */
const CLOCK_STEPS = 500;

export interface SampleOptions {
  /** Most points of a series. */
  readonly points: number;
  /** Which series; all when absent. */
  readonly series?: readonly string[] | undefined;
}

/** A point, and the block of its frame. */
interface Placed extends Sample {
  readonly block: number;
}

/** Points of frames by series, in order. */
function pointsOf(rows: readonly FrameRow[], wanted: ReadonlySet<string> | null): Map<string, Placed[]> {
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

const toWireParts = (parts: readonly Readonly<Part>[]): MetricSamples['series'][number]['parts'] => ({
  firstSteps: parts.map(({ firstStep }) => firstStep),
  lastSteps: parts.map(({ lastStep }) => lastStep),
  means: parts.map(({ sum, count }) => toWireNumber(sum / count)),
  counts: parts.map(({ count }) => count),
});

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

@Injectable()
export class RunSamples {
  constructor(
    private readonly database: Database,
    private readonly runs: RunRepository,
    private readonly rollups: RollupRepository,
  ) {}

  /** The metrics of a run, stitched. What one of 1,000,000 steps takes is measured by bench/history.mjs. */
  async read(principal: Principal, runId: string, options: SampleOptions): Promise<MetricSamples> {
    requireScope(principal, 'read');
    const { projectId } = principal;
    return this.database.asSnapshot(projectId, async () => {
      const run = await this.runs.find(projectId, checkId('run', runId));
      if (!run) throw notFound('run', runId);
      const blocks = Math.floor(run.last_seq / BLOCK);
      const found =
        blocks <= SHORT_BLOCKS
          ? await this.#readFrames(projectId, runId, blocks, options)
          : await this.#readBlocks(projectId, runId, blocks, options, run.metric_names);
      const series = [...found]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, { samples, parts }]) => ({
          name,
          steps: samples.map(({ step }) => step),
          values: samples.map(({ value }) => toWireNumber(value)),
          parts: parts && toWireParts(parts),
        }));
      const done = isFinal(runStateSchema.parse(run.state));
      const clock = await this.#clock(projectId, runId, run.last_seq);
      return { series, clock, cursor: encodeCursor(`metrics:${runId}`, run.last_seq), done };
    });
  }

  async #clock(projectId: string, runId: string, lastSeq: number): Promise<MetricSamples['clock']> {
    const count = Math.min(CLOCK_STEPS, lastSeq);
    const seqs = Array.from({ length: count }, (_, at) => Math.ceil(((at + 1) / count) * lastSeq));
    const rows = await this.rollups.clockOf(projectId, runId, seqs);
    // Of the frames of one step the first is told.
    const ticks = rows.filter(({ step }, at) => step !== rows[at - 1]?.step);
    return {
      steps: ticks.map(({ step }) => step),
      epochs: ticks.map(({ epoch }) => epoch),
      times: ticks.map(({ time }) => time.toISOString()),
    };
  }

  async #readFrames(
    projectId: string,
    runId: string,
    blocks: number,
    { points, series }: SampleOptions,
  ): Promise<Map<string, Picture>> {
    const all = Array.from({ length: blocks + 1 }, (_, block) => block);
    const rows = await this.rollups.framesOf(projectId, runId, all);
    const found = pointsOf(rows, series ? new Set(series) : null);
    return new Map([...found].map(([name, samples]) => [name, downsample(samples, points)]));
  }

  async #readBlocks(
    projectId: string,
    runId: string,
    blocks: number,
    { points, ...options }: SampleOptions,
    told: readonly string[],
  ): Promise<Map<string, Picture>> {
    const series = options.series ?? null;
    const width = Math.ceil((blocks + 1) / partsOf(points));
    const missing = await this.rollups.missing(projectId, runId, blocks);
    const rows = await this.rollups.framesOf(projectId, runId, [...missing, blocks]);
    const buckets = new Map<string, Map<number, Part>>();
    const bucketsOf = (name: string): Map<number, Part> => {
      const known = buckets.get(name) ?? new Map<number, Part>();
      if (known.size === 0) buckets.set(name, known);
      return known;
    };
    for (const row of await this.rollups.parts(projectId, runId, { width, series }))
      bucketsOf(row.series).set(row.bucket, toPart(row));
    const loose = pointsOf(rows, series ? new Set(series) : null);
    for (const [name, samples] of loose) {
      const parts = bucketsOf(name);
      for (const [bucket, found] of Map.groupBy(samples, ({ block }) => Math.floor(block / width))) {
        const part = new Part();
        for (const sample of found) part.add(sample);
        parts.set(bucket, parts.get(bucket)?.join(part) ?? part);
      }
    }
    const names = new Set([...buckets.keys(), ...(series ?? told)]);
    const ends = await this.#ends(projectId, runId, names, loose);
    return new Map(
      [...ends].map(([name, both]) => {
        const parts = [...(buckets.get(name) ?? [])].sort(([a], [b]) => a - b).map(([, part]) => part);
        return [name, picture(parts, both, points)];
      }),
    );
  }

  /** The first and the last point of each series, in blocks or beside them. */
  async #ends(
    projectId: string,
    runId: string,
    names: ReadonlySet<string>,
    loose: ReadonlyMap<string, readonly Placed[]>,
  ): Promise<Map<string, { first: Sample; last: Sample }>> {
    const inBlocks = await this.rollups.ends(projectId, runId, [...names]);
    const placed = new Map<string, Placed[]>([...loose].map(([name, samples]) => [name, [...samples]]));
    for (const { series, ...end } of inBlocks) {
      const first = { step: end.firstStep, value: end.firstValue, block: end.firstBlock };
      const last = { step: end.lastStep, value: end.lastValue, block: end.lastBlock };
      placed.set(series, [first, ...(placed.get(series) ?? []), last]);
    }
    return new Map(
      [...placed].map(([name, samples]) => {
        const inOrder = samples.toSorted((a, b) => a.block - b.block);
        const [first, last] = [inOrder[0], inOrder.at(-1)];
        if (!first || !last) throw new Error('a series that is told of has a point');
        return [name, { first, last }];
      }),
    );
  }
}
