// A run's whole history of metrics in a few points a series, whatever its length: what is long is read from rollups.

import { isFinal, runStateSchema, toWireNumber, type MetricSamples } from '@gradstream/contracts';
import { BLOCK, Database, RollupRepository, RunRepository } from '@gradstream/data';
import { Injectable } from '@nestjs/common';
import { encodeCursor } from '../common/cursor.js';
import { checkId, notFound } from '../common/ids.js';
import { requireScope, type Principal } from '../common/principal.js';
import { Buckets, pointsOf, SHORT_BLOCKS, type Placed } from './buckets.js';
import { downsample, partsOf, picture, type Part, type Picture, type Sample } from './downsample.js';
import { RangeSamples, type RangeOptions } from './rangeSamples.js';

/** Steps whose epoch and time are told: between them both go evenly enough for an axis. */
const CLOCK_STEPS = 500;

/** Whether only a part of a history is asked for. */
const isPart = ({ fromStep, toStep }: RangeOptions): boolean =>
  fromStep !== undefined || toStep !== undefined;

const toWireParts = (parts: readonly Readonly<Part>[]): MetricSamples['series'][number]['parts'] => ({
  firstSteps: parts.map(({ firstStep }) => firstStep),
  lastSteps: parts.map(({ lastStep }) => lastStep),
  means: parts.map(({ sum, count }) => toWireNumber(sum / count)),
  counts: parts.map(({ count }) => count),
});

@Injectable()
export class RunSamples {
  constructor(
    private readonly database: Database,
    private readonly runs: RunRepository,
    private readonly rollups: RollupRepository,
    private readonly ranges: RangeSamples,
  ) {}

  /** The metrics of a run, stitched. What one of 1,000,000 steps takes is measured by bench/history.mjs. */
  async read(principal: Principal, runId: string, options: RangeOptions): Promise<MetricSamples> {
    requireScope(principal, 'read');
    const { projectId } = principal;
    return this.database.asSnapshot(projectId, async () => {
      const run = await this.runs.find(projectId, checkId('run', runId));
      if (!run) throw notFound('run', runId);
      const blocks = Math.floor(run.last_seq / BLOCK);
      const part = isPart(options) ? await this.ranges.read(run, options) : null;
      const found =
        part?.pictures ??
        (blocks <= SHORT_BLOCKS
          ? await this.#readFrames(projectId, runId, blocks, options)
          : await this.#readBlocks(projectId, runId, blocks, options, run.metric_names));
      const series = [...found]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, { samples, parts }]) => ({
          name,
          steps: samples.map(({ step }) => step),
          values: samples.map(({ value }) => toWireNumber(value)),
          parts: parts && toWireParts(parts),
        }));
      const done = isFinal(runStateSchema.parse(run.state));
      const clock = await this.#clock(projectId, runId, part?.seqs ?? { from: 1, to: run.last_seq });
      return { series, clock, cursor: encodeCursor(`metrics:${runId}`, run.last_seq), done };
    });
  }

  async #clock(
    projectId: string,
    runId: string,
    { from, to }: { readonly from: number; readonly to: number },
  ): Promise<MetricSamples['clock']> {
    const all = to - from + 1;
    const count = Math.min(CLOCK_STEPS, all);
    const seqs = Array.from({ length: count }, (_, at) => from - 1 + Math.ceil(((at + 1) / count) * all));
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
    { points, series }: RangeOptions,
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
    { points, ...options }: RangeOptions,
    told: readonly string[],
  ): Promise<Map<string, Picture>> {
    const series = options.series ?? null;
    const width = Math.ceil((blocks + 1) / partsOf(points));
    const missing = await this.rollups.missing(projectId, runId, blocks);
    const rows = await this.rollups.framesOf(projectId, runId, [...missing, blocks]);
    const buckets = new Buckets(width);
    for (const row of await this.rollups.parts(projectId, runId, { width, series })) buckets.addBlocks(row);
    const loose = pointsOf(rows, series ? new Set(series) : null);
    buckets.addPoints(loose);
    const names = new Set([...buckets.names(), ...(series ?? told)]);
    const ends = await this.#ends(projectId, runId, names, loose);
    return new Map([...ends].map(([name, both]) => [name, picture(buckets.partsOf(name), both, points)]));
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
