// SQL of tables of runs: filtered, sorted by whatever was measured, and from a position on.

import type { PlainSort, RunState } from '@gradstream/contracts';
import { Injectable } from '@nestjs/common';
import { sql, type RawBuilder, type Selectable } from 'kysely';
import { Database } from '../database.js';
import type { Runs } from '../generated/schema.js';
import { BLOCK, stitched } from './rollups.js';

/** A row without what is large: the spec and the notes. */
export interface TableRow extends Omit<
  Selectable<Runs>,
  'spec' | 'notes' | 'metric_names' | 'metric_values' | 'failure'
> {
  readonly dataset_name: string | null;
  readonly model_name: string | null;
  readonly model_class: string | null;
  readonly model_layers: number | null;
  readonly failure_code: string | null;
  /** What it is sorted by; null comes last. */
  readonly sort_key: SortKey;
}

export type SortKey = string | number | null;

export interface TableFilter {
  readonly search?: string | undefined;
  readonly states?: readonly RunState[] | undefined;
  readonly tags?: readonly string[] | undefined;
  readonly ids?: readonly string[] | undefined;
}

export type TableSort = PlainSort | { readonly series: string; readonly statistic: 'min' | 'max' | 'last' };

export interface TableOrder {
  readonly sort: TableSort;
  readonly order: 'asc' | 'desc';
  /** Until when runs that go on have lasted; RFC 3339. */
  readonly asOf: string;
  /** The row to go on after. */
  readonly after: { readonly key: SortKey; readonly id: string } | null;
  readonly limit: number;
}

/** Blocks of a run from which on a sparkline is drawn from its rollups: of shorter ones, these have too few points. */
const LONG_BLOCKS = 20;

/** A few points of a series of a run. */
export interface SparklineRow {
  readonly id: string;
  readonly step: number;
  readonly value: number;
}

/** What runs are sorted by. Text goes by its bytes, so that all pages agree whatever the database's language. */
function keyOf({ sort, asOf }: TableOrder): RawBuilder<SortKey> {
  if (typeof sort === 'object')
    return sql`nullif((summary -> ${sort.series} ->> ${sort.statistic})::float8, 'NaN')`;
  const keys: Readonly<Record<PlainSort, RawBuilder<SortKey>>> = {
    createdAt: sql`runs.id COLLATE "C"`, // Ids are UUIDv7: in the order of their making.
    name: sql`lower(runs.name) COLLATE "C"`,
    state: sql`runs.state COLLATE "C"`,
    duration: sql`extract(epoch FROM coalesce(finished_at, ${asOf}::timestamptz) - started_at)::float8`,
    step: sql`step::float8`,
  };
  return keys[sort];
}

function where(projectId: string, { search, states, tags, ids }: TableFilter): RawBuilder<boolean> {
  const has = (text: RawBuilder<unknown>) => sql`strpos(lower(${text}), lower(${search})) > 0`;
  return sql`runs.project_id = ${projectId}
    AND ${ids ? sql`runs.id = ANY(${[...ids]}::text[])` : sql`true`}
    AND ${states ? sql`runs.state = ANY(${[...states]}::text[])` : sql`true`}
    AND ${tags ? sql`tags @> ${[...tags]}::text[]` : sql`true`}
    AND ${
      search === undefined
        ? sql`true`
        : sql`(${has(sql`runs.name`)} OR ${has(sql`runs.id`)} OR ${has(sql`notes`)}
            OR EXISTS (SELECT FROM unnest(tags) AS tag WHERE ${has(sql`tag`)}))`
    }`;
}

/** Rows after one: beyond its key, or with the same one and beyond its id; those without a key come last. */
function beyond({ after, order }: TableOrder): RawBuilder<boolean> {
  if (!after) return sql`true`;
  const sign = order === 'asc' ? sql`>` : sql`<`;
  const tie = sql`id COLLATE "C" ${sign} ${after.id}`;
  if (after.key === null) return sql`sort_key IS NULL AND ${tie}`;
  const key = typeof after.key === 'number' ? sql`${String(after.key)}::float8` : sql`${after.key}::text`;
  return sql`(sort_key ${sign} ${key} OR (sort_key = ${key} AND ${tie}) OR sort_key IS NULL)`;
}

@Injectable()
export class RunTableRepository {
  constructor(private readonly database: Database) {}

  /** Rows of a table, from a position on. Of 10,000 runs, sorted by a metric, about 40 ms. */
  async list(projectId: string, filter: TableFilter, order: TableOrder): Promise<TableRow[]> {
    const direction = order.order === 'asc' ? sql`ASC` : sql`DESC`;
    const { rows } = await sql<TableRow>`
      WITH keyed AS (SELECT runs.id, ${keyOf(order)} AS sort_key FROM runs WHERE ${where(projectId, filter)}),
      page AS (
        SELECT id, sort_key FROM keyed WHERE ${beyond(order)}
        ORDER BY sort_key ${direction} NULLS LAST, id COLLATE "C" ${direction} LIMIT ${order.limit}
      )
      SELECT runs.id, runs.project_id, runs.name, runs.tags, runs.state, runs.step, runs.total_steps, runs.epoch,
        runs.attempt, runs.created_at, runs.started_at, runs.finished_at, runs.dataset_id, runs.model_id,
        runs.pause_requested, runs.cancel_requested, runs.summary, runs.failure ->> 'code' AS failure_code,
        datasets.name AS dataset_name, models.name AS model_name,
        runs.spec #>> '{model,definition,class_name}' AS model_class,
        CASE jsonb_typeof(runs.spec #> '{model,definition,config,layers}')
          WHEN 'array' THEN jsonb_array_length(runs.spec #> '{model,definition,config,layers}') END AS model_layers,
        page.sort_key
      FROM page JOIN runs USING (id)
        LEFT JOIN datasets ON datasets.id = runs.dataset_id
        LEFT JOIN models ON models.id = runs.model_id
      ORDER BY page.sort_key ${direction} NULLS LAST, page.id COLLATE "C" ${direction}
    `.execute(this.database.query);
    return rows;
  }

  /** How many runs match. */
  async count(projectId: string, filter: TableFilter): Promise<number> {
    const { rows } = await sql<{ count: number }>`
      SELECT count(*) AS count FROM runs WHERE ${where(projectId, filter)}
    `.execute(this.database.query);
    return rows[0]?.count ?? 0;
  }

  /**
   * Of each run the first point of the series in each of so many equal parts of its history, or, of a long run, in each of as
   * many groups of its blocks; and its lowest, highest and last value; stitched, in order of steps. Reads at most
   * 10,240 frames of a run, and a row of a block for each point.
   */
  async sparklines(
    projectId: string,
    ids: readonly string[],
    { series, points }: { readonly series: string; readonly points: number },
  ): Promise<SparklineRow[]> {
    const framesOf = (range: RawBuilder<unknown>, order: RawBuilder<unknown>) => sql`
      SELECT frame.step, frame."values"[array_position(series, ${series})] AS value FROM run_frames frame
      WHERE run_id = id AND kind = 'metrics' AND ${range} AND ${series} = ANY(series) AND ${stitched}
      ORDER BY seq ${order} LIMIT 1`;
    const rollups = sql`FROM run_rollups WHERE run_id = id AND series = ${series}`;
    const { rows } = await sql<SparklineRow>`
      WITH wanted AS (
        SELECT id, last_seq, last_seq / ${BLOCK} AS blocks, last_seq >= ${LONG_BLOCKS * BLOCK} AS long,
          summary -> ${series} AS known
        FROM runs
        WHERE project_id = ${projectId} AND id = ANY(${[...ids]}::text[]) AND jsonb_exists(summary, ${series})
      ), parts AS (
        SELECT id, long, first, lead(first, 1, length) OVER (PARTITION BY id ORDER BY first) AS next
        FROM wanted, LATERAL (SELECT CASE WHEN long THEN blocks ELSE last_seq END AS length) AS whole, LATERAL (
          SELECT DISTINCT (part * length) / ${points}::bigint AS first
          FROM generate_series(0, ${points - 1}::bigint) AS part
        ) AS starts
      )
      SELECT id, step, value FROM parts, LATERAL (
        ${framesOf(sql`seq > first AND seq <= next`, sql`ASC`)}
      ) AS picked WHERE NOT long
      UNION SELECT id, step, value FROM parts, LATERAL (
        SELECT first_step AS step, first_value AS value ${rollups} AND block >= first AND block < next
        ORDER BY block LIMIT 1
      ) AS picked WHERE long
      UNION SELECT id, step, value FROM wanted, LATERAL (
        (${framesOf(sql`(NOT long OR seq > blocks * ${BLOCK})`, sql`DESC`)})
        UNION ALL (SELECT last_step, last_value ${rollups} AND long ORDER BY block DESC LIMIT 1)
        ORDER BY step DESC LIMIT 1
      ) AS latest
      UNION SELECT id, (known ->> 'minStep')::bigint, (known ->> 'min')::float8 FROM wanted WHERE known ->> 'min' IS NOT NULL
      UNION SELECT id, (known ->> 'maxStep')::bigint, (known ->> 'max')::float8 FROM wanted WHERE known ->> 'max' IS NOT NULL
      ORDER BY id, step
    `.execute(this.database.query);
    return rows;
  }
}
