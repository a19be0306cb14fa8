// SQL of frames: appended under the run's row lock, read by cursor.

import { runSummarySchema, type FrameKind, type NewFrame, type RunEvent } from '@gradstream/contracts';
import { Injectable } from '@nestjs/common';
import { sql, type RawBuilder, type Selectable } from 'kysely';
import { Database } from '../database.js';
import type { RunFrames } from '../generated/schema.js';
import { jsonb } from '../json.js';
import { toColumns } from './frameColumns.js';
import type { RunRow } from './repository.js';
import { RollupRepository, stitched, stitchedDuring } from './rollups.js';
import { pointsOf, summarized } from './summary.js';

export type FrameRow = Selectable<RunFrames>;

/** Where a reader goes on. */
export interface FrameQuery {
  readonly kind: FrameKind;
  readonly afterSeq: number;
  readonly limit: number;
  /** Only events of one type. */
  readonly eventType?: RunEvent['type'] | undefined;
  /** The history as it was when the run's row was this, whatever came or was taken back since. */
  readonly asOf?: Pick<RunRow, 'last_seq' | 'attempt'> | undefined;
}

/** Which of a run's gradients are read. */
export interface SpreadQuery {
  readonly projectId: string;
  readonly runId: string;
  readonly lastSeq: number;
  /** Most steps. */
  readonly count: number;
  readonly isFull: boolean;
}

/** Where a run went back, and to which step. */
export type Rewind = Pick<FrameRow, 'seq' | 'step'>;

@Injectable()
export class FrameRepository {
  constructor(
    private readonly database: Database,
    private readonly rollups: RollupRepository,
  ) {}

  /** Appends frames to a run that the caller has locked; returns the last sequence number. */
  async append(run: RunRow, frames: readonly NewFrame[]): Promise<number> {
    if (frames.length === 0) return run.last_seq;
    await this.#insert(run, frames);
    const lastSeq = run.last_seq + frames.length;
    await this.#updateRun(run, frames, lastSeq);
    await this.rollups.complete(run, run.last_seq, lastSeq);
    return lastSeq;
  }

  /** The row of the run gives the keys to it and to its project, for which the table has no foreign keys. */
  async #insert(run: RunRow, frames: readonly NewFrame[]): Promise<void> {
    const columns = toColumns(frames);
    await sql`
      WITH layouts AS MATERIALIZED (
        SELECT number, names::text[] FROM unnest(${[...columns.layouts]}::text[]) WITH ORDINALITY AS layout (names, number)
      )
      INSERT INTO run_frames (run_id, seq, project_id, attempt, kind, step, epoch, time, series, "values", event)
      SELECT runs.id, ${run.last_seq}::bigint + place, runs.project_id, ${run.attempt}::int, kind, frame.step, frame.epoch,
        time, names, (${columns.numbers}::float8[])[before + 1 : upto], event
      FROM runs, unnest(${columns.kinds}::text[], ${columns.steps}::bigint[], ${columns.epochs}::int[],
          ${columns.times}::timestamptz[], ${columns.layoutNumbers}::bigint[], ${columns.starts}::int[],
          ${columns.ends}::int[], ${[...columns.events]}::jsonb[])
        WITH ORDINALITY AS frame (kind, step, epoch, time, layout, before, upto, event, place)
      JOIN layouts ON number = layout
      WHERE runs.id = ${run.id}
      ORDER BY place
    `.execute(this.database.query);
  }

  /** The run's last numbers, and the end of its sequence. */
  async #updateRun(run: RunRow, frames: readonly NewFrame[], lastSeq: number): Promise<void> {
    const last = new Map(
      run.metric_names.map((name, index) => [name, run.metric_values[index] ?? Number.NaN]),
    );
    const metrics = frames.filter((frame) => frame.kind === 'metrics');
    for (const frame of metrics)
      frame.series.forEach((name, index) => last.set(name, frame.values[index] ?? Number.NaN));
    const newest = metrics.at(-1);
    await this.database.query
      .updateTable('runs')
      .set({
        last_seq: lastSeq,
        metric_names: [...last.keys()],
        metric_values: [...last.values()],
        summary: jsonb(summarized(runSummarySchema.parse(run.summary), pointsOf(metrics))),
        ...(newest ? { step: newest.step, epoch: newest.epoch } : {}),
      })
      .where('id', '=', run.id)
      .execute();
  }

  /**
   * Frames of one kind after a sequence number, without those that a later attempt has taken back: those of
   * steps beyond the step that a later attempt began from.
   */
  async listAfter(
    projectId: string,
    runId: string,
    { kind, afterSeq, limit, eventType, asOf }: FrameQuery,
  ): Promise<FrameRow[]> {
    return this.database.query
      .selectFrom('run_frames as frame')
      .selectAll('frame')
      .where('frame.project_id', '=', projectId)
      .where('frame.run_id', '=', runId)
      .where('frame.kind', '=', kind)
      .where('frame.seq', '>', afterSeq)
      .$if(eventType !== undefined, (query) => query.where(sql<boolean>`event ->> 'type' = ${eventType}`))
      .$if(asOf !== undefined, (query) => query.where('frame.seq', '<=', asOf?.last_seq ?? 0))
      .$if(kind !== 'event', (query) => query.where(asOf ? stitchedDuring(asOf.attempt) : stitched))
      .orderBy('frame.seq')
      .limit(limit)
      .execute();
  }

  /**
   * Gradients at a few steps: the first frame in each of `count` equal parts of the sequence, and the last one; stitched. With
   * `isFull`, of those with all statistics alone. Reads a part only up to its first hit.
   */
  async spreadGradients({ projectId, runId, lastSeq, count, isFull }: SpreadQuery): Promise<FrameRow[]> {
    const width = Math.max(1, Math.ceil(lastSeq / Math.max(1, count - 1)));
    const hit = (range: RawBuilder<unknown>, order: RawBuilder<unknown>) => sql`
      SELECT * FROM run_frames frame
      WHERE project_id = ${projectId} AND run_id = ${runId} AND kind = 'gradients' AND ${range}
        AND (NOT ${isFull}::boolean OR EXISTS (SELECT FROM unnest(series) AS name WHERE name LIKE '%/zeroFraction'))
        AND ${stitched}
      ORDER BY seq ${order} LIMIT 1`;
    const { rows } = await sql<FrameRow>`
      SELECT hit.* FROM generate_series(0, ${lastSeq}::bigint, ${width}::bigint) AS start,
        LATERAL (${hit(sql`seq > start AND seq <= start + ${width}::bigint`, sql`ASC`)}) AS hit
      UNION SELECT * FROM (${hit(sql`true`, sql`DESC`)}) AS newest
    `.execute(this.database.query);
    return rows;
  }

  /** The rewinds of a run in a part of its sequence, in order: where they stand, and the step to go back to. */
  async rewindsIn(
    projectId: string,
    runId: string,
    { afterSeq, toSeq }: { readonly afterSeq: number; readonly toSeq: number },
  ): Promise<Rewind[]> {
    return this.database.query
      .selectFrom('run_frames')
      .select(['seq', 'step'])
      .where('project_id', '=', projectId)
      .where('run_id', '=', runId)
      .where('kind', '=', 'event')
      .where('seq', '>', afterSeq)
      .where('seq', '<=', toSeq)
      .where(sql<boolean>`event ->> 'type' = 'rewound'`)
      .orderBy('seq')
      .execute();
  }
}
