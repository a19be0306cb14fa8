// SQL of rollups: lowest, highest and mean value of each series in each block of frames, made when the block is complete,
// in the transaction that completes it.

import type { RunSummary } from '@gradstream/contracts';
import { Injectable } from '@nestjs/common';
import { sql, type RawBuilder, type Selectable } from 'kysely';
import { Database } from '../database.js';
import type { RunFrames } from '../generated/schema.js';
import type { RunRow } from './repository.js';
import { pointsOf, summarized } from './summary.js';

/** Frames of a block. Smaller ones show more of a short run, and cost more to read of a long one. */
export const BLOCK = 512;

/** The block that a frame belongs to. */
export const blockOf = (seq: number): number => Math.floor((seq - 1) / BLOCK);

/** Values from here on are in no sum, as the infinities are not: an overflow is an error to Postgres. */
export const MAX_SUMMED = 1e290;

/** A series in some blocks. */
export interface RollupPart {
  readonly series: string;
  /** Index of the group of blocks. */
  readonly bucket: number;
  /** All four null where there are but NaN. */
  readonly minValue: number | null;
  readonly minStep: number | null;
  readonly maxValue: number | null;
  readonly maxStep: number | null;
  /** Where the first NaN is. */
  readonly nanStep: number | null;
  readonly firstStep: number;
  readonly lastStep: number;
  /** Of values below `MAX_SUMMED`. */
  readonly valueSum: number;
  readonly valueCount: number;
}

/** Steps from one to another, both included. */
export interface StepRange {
  readonly from: number;
  readonly to: number;
}

/** Blocks from one to another, both included. */
export interface BlockRange {
  readonly first: number;
  readonly last: number;
}

/** What of the rollups of a run is read as parts. */
export interface PartsQuery {
  /** Blocks of a part. */
  readonly width: number;
  /** Some series; null: all. */
  readonly series: readonly string[] | null;
  /** Some blocks; all when absent. */
  readonly blocks?: BlockRange;
}

/** The first and the last point of a series, and the blocks that they are in. */
export interface Ends {
  readonly series: string;
  readonly firstBlock: number;
  readonly firstValue: number;
  readonly firstStep: number;
  readonly lastBlock: number;
  readonly lastValue: number;
  readonly lastStep: number;
}

/** Not taken back by a later attempt that began before it; `frame` is a row of run_frames. */
export const stitched = sql<boolean>`NOT EXISTS (SELECT FROM run_attempts later WHERE later.run_id = frame.run_id
  AND later.number > frame.attempt AND later.start_step < frame.step)`;

/** The same as it was while an attempt was the newest one. */
export const stitchedDuring = (attempt: number): RawBuilder<boolean> =>
  sql<boolean>`NOT EXISTS (SELECT FROM run_attempts later WHERE later.run_id = frame.run_id
    AND later.number > frame.attempt AND later.number <= ${attempt} AND later.start_step < frame.step)`;

const ofSeries = (series: readonly string[] | null, column: RawBuilder<string>): RawBuilder<boolean> =>
  series === null ? sql<boolean>`true` : sql<boolean>`${column} = ANY(${[...series]}::text[])`;

@Injectable()
export class RollupRepository {
  constructor(private readonly database: Database) {}

  /** Sums up the blocks of a locked run that frames after `from`, up to `to`, have completed. About 4 ms a block. */
  async complete({ id, project_id }: RunRow, from: number, to: number): Promise<void> {
    const [first, end] = [Math.floor(from / BLOCK), Math.floor(to / BLOCK)];
    if (end <= first) return;
    await sql`
      WITH frames AS (
        SELECT (seq - 1) / ${BLOCK}::bigint AS block, seq, step, series, "values" FROM run_frames frame
        WHERE run_id = ${id} AND kind = 'metrics' AND seq > ${first * BLOCK} AND seq <= ${end * BLOCK} AND ${stitched}
      ), sums AS (
        SELECT block, name, min(ARRAY[value, step]) FILTER (WHERE value <> 'NaN') AS low,
          max(ARRAY[value, -step]) FILTER (WHERE value <> 'NaN') AS high,
          min(ARRAY[seq, value, step]) AS first, max(ARRAY[seq, value, step]) AS last,
          min(step) FILTER (WHERE value = 'NaN') AS nan_step,
          sum(value) FILTER (WHERE abs(value) < ${MAX_SUMMED}) AS value_sum,
          count(*) FILTER (WHERE abs(value) < ${MAX_SUMMED}) AS value_count
        FROM frames, unnest(series, "values") AS point (name, value) GROUP BY block, name
      )
      INSERT INTO run_rollups (run_id, series, block, project_id, min_value, min_step, max_value, max_step,
        first_value, first_step, last_value, last_step, nan_step, value_sum, value_count)
      SELECT ${id}, name, block, ${project_id}, low[1], low[2]::bigint, high[1], (-high[2])::bigint,
        first[2], first[3]::bigint, last[2], last[3]::bigint, nan_step, value_sum, value_count
      FROM sums
      UNION ALL
      SELECT ${id}, '', block, ${project_id}, NULL, min(frames.step), NULL, max(frames.step), NULL, NULL, NULL, NULL, NULL,
        NULL, NULL
      FROM generate_series(${first}::int, ${end - 1}::int) AS block LEFT JOIN frames USING (block) GROUP BY block
    `.execute(this.database.query);
  }

  /**
   * Forgets of a locked run what its new attempt takes back, which begins after `step`: blocks beyond it stay as empty ones,
   * those around it are summed up again.
   */
  async takeBack(run: RunRow, step: number): Promise<void> {
    const { rows } = await sql<{ block: number }>`
      WITH beyond AS (
        SELECT block, min_step > ${step} AS whole FROM run_rollups
        WHERE run_id = ${run.id} AND series = '' AND max_step > ${step}
      ), gone AS (
        DELETE FROM run_rollups USING beyond
        WHERE run_id = ${run.id} AND run_rollups.block = beyond.block AND (series <> '' OR NOT whole)
      )
      SELECT block FROM beyond WHERE NOT whole
    `.execute(this.database.query);
    for (const { block } of rows) await this.complete(run, block * BLOCK, (block + 1) * BLOCK);
  }

  /** The summary of a run anew, from its frames: for a run of which a new attempt took something back. */
  async summarize({ id, project_id: projectId, last_seq }: RunRow): Promise<RunSummary> {
    const end = Math.floor(last_seq / BLOCK);
    const missing = await this.missing(projectId, id, end);
    const blocks = [...missing, end];
    const points = [...pointsOf(await this.framesOf(projectId, id, blocks))];
    for (const { series, ...part } of await this.parts(projectId, id, { width: end + 1, series: null }))
      points.push(
        { series, step: part.minStep ?? part.firstStep, value: part.minValue ?? Number.NaN },
        { series, step: part.maxStep ?? part.firstStep, value: part.maxValue ?? Number.NaN },
      );
    const names = [...new Set(points.map(({ series }) => series))];
    for (const part of await this.ends(projectId, id, names))
      points.push({ series: part.series, step: part.lastStep, value: part.lastValue });
    return summarized(
      {},
      points.sort((a, b) => a.step - b.step),
    );
  }

  /** Blocks of a run up to `end` that are not summed up, in order. */
  async missing(projectId: string, runId: string, end: number): Promise<number[]> {
    const { rows } = await sql<{ block: number }>`
      SELECT block FROM generate_series(0, ${end - 1}::int) AS block
      EXCEPT SELECT block FROM run_rollups WHERE project_id = ${projectId} AND run_id = ${runId} AND series = ''
      ORDER BY block
    `.execute(this.database.query);
    return rows.map(({ block }) => block);
  }

  /** Each series in groups of `width` blocks; some series, or all; of some blocks, or of all. */
  async parts(
    projectId: string,
    runId: string,
    { width, series, blocks }: PartsQuery,
  ): Promise<RollupPart[]> {
    const within = blocks ? sql`block BETWEEN ${blocks.first} AND ${blocks.last}` : sql`true`;
    const { rows } = await sql<RollupPart>`
      SELECT series, bucket, low[1] AS "minValue", low[2]::bigint AS "minStep", high[1] AS "maxValue",
        (-high[2])::bigint AS "maxStep", "nanStep", "firstStep", "lastStep", "valueSum", "valueCount"
      FROM (
        SELECT series, block / ${width}::int AS bucket,
          min(ARRAY[min_value, min_step]) FILTER (WHERE min_value IS NOT NULL) AS low,
          max(ARRAY[max_value, -max_step]) FILTER (WHERE max_value IS NOT NULL) AS high,
          min(nan_step) AS "nanStep", min(first_step) AS "firstStep", max(last_step) AS "lastStep",
          coalesce(sum(value_sum), 0) AS "valueSum", sum(value_count) AS "valueCount"
        FROM run_rollups
        WHERE project_id = ${projectId} AND run_id = ${runId} AND series <> '' AND ${ofSeries(series, sql`series`)}
          AND ${within}
        GROUP BY series, bucket
      ) AS buckets
    `.execute(this.database.query);
    return rows;
  }

  /** Frames of metrics in some blocks; stitched, in order. By the limit Postgres finds each block by the index, and reads no others. */
  async framesOf(
    projectId: string,
    runId: string,
    blocks: readonly number[],
  ): Promise<Selectable<RunFrames>[]> {
    const { rows } = await sql<Selectable<RunFrames>>`
      SELECT frame.* FROM unnest(${[...blocks]}::bigint[]) AS block, LATERAL (
        SELECT * FROM run_frames WHERE project_id = ${projectId} AND run_id = ${runId} AND kind = 'metrics'
          AND seq > block * ${BLOCK} AND seq <= (block + 1) * ${BLOCK}
        ORDER BY seq LIMIT ${BLOCK}
      ) AS frame
      WHERE ${stitched}
      ORDER BY seq
    `.execute(this.database.query);
    return rows;
  }

  /** The first and the last of the blocks that are summed up and have some of the steps; null when none has. */
  async blocksWithin(projectId: string, runId: string, { from, to }: StepRange): Promise<BlockRange | null> {
    const { rows } = await sql<BlockRange>`
      SELECT min(block) AS first, max(block) AS last FROM run_rollups
      WHERE project_id = ${projectId} AND run_id = ${runId} AND series = '' AND min_step <= ${to} AND max_step >= ${from}
      HAVING count(*) > 0
    `.execute(this.database.query);
    return rows[0] ?? null;
  }

  /** Frames of metrics of some steps in blocks from one to another; stitched, in order. */
  async framesWithin(
    projectId: string,
    runId: string,
    { first, last }: BlockRange,
    { from, to }: StepRange,
  ): Promise<Selectable<RunFrames>[]> {
    const { rows } = await sql<Selectable<RunFrames>>`
      SELECT frame.* FROM run_frames frame
      WHERE project_id = ${projectId} AND run_id = ${runId} AND kind = 'metrics' AND ${stitched}
        AND seq > ${first * BLOCK} AND seq <= ${(last + 1) * BLOCK} AND step BETWEEN ${from} AND ${to}
      ORDER BY seq
    `.execute(this.database.query);
    return rows;
  }

  /** Step, epoch and time of the first numbers, and of some frames by their sequence numbers; stitched, in order. */
  async clockOf(
    projectId: string,
    runId: string,
    seqs: readonly number[],
  ): Promise<Pick<Selectable<RunFrames>, 'step' | 'epoch' | 'time'>[]> {
    const { rows } = await sql<Pick<Selectable<RunFrames>, 'step' | 'epoch' | 'time'>>`
      SELECT step, epoch, time FROM run_frames frame
      WHERE project_id = ${projectId} AND run_id = ${runId} AND epoch > 0
        AND (seq = ANY(${[...seqs]}::bigint[]) OR seq = (
          SELECT seq FROM run_frames WHERE run_id = ${runId} AND kind = 'metrics' ORDER BY seq LIMIT 1))
        AND ${stitched}
      ORDER BY step, seq
    `.execute(this.database.query);
    return rows;
  }

  /** The first and the last point of each series in blocks; for the series named. */
  async ends(projectId: string, runId: string, series: readonly string[]): Promise<Ends[]> {
    const blocks = (order: RawBuilder<unknown>) => sql`
      SELECT * FROM run_rollups
      WHERE project_id = ${projectId} AND run_id = ${runId} AND series = name ORDER BY block ${order} LIMIT 1`;
    const { rows } = await sql<Ends>`
      SELECT name AS series, head.block AS "firstBlock", head.first_value AS "firstValue",
        head.first_step AS "firstStep", tail.block AS "lastBlock", tail.last_value AS "lastValue",
        tail.last_step AS "lastStep"
      FROM unnest(${[...series]}::text[]) AS name, LATERAL (${blocks(sql`ASC`)}) AS head,
        LATERAL (${blocks(sql`DESC`)}) AS tail
    `.execute(this.database.query);
    return rows;
  }
}
