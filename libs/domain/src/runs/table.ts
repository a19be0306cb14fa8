// Runs as a table: light rows of a project, and their losses in a few points.

import {
  errorCodeSchema,
  runStateSchema,
  runSummarySchema,
  toWireNumber,
  type RunTablePage,
  type RunTableQuery,
  type RunTableRow,
  type Sparklines,
  type SparklinesQuery,
} from '@gradstream/contracts';
import {
  Database,
  RunTableRepository,
  type TableFilter,
  type TableRow,
  type TableSort,
} from '@gradstream/data';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { requireScope, type Principal } from '../common/principal.js';
import { decodePosition, encodePosition } from './tableCursor.js';

const statisticSchema = z.enum(['min', 'max', 'last']);
const plainSortSchema = z.enum(['createdAt', 'name', 'state', 'duration', 'step']);

function sortOf(text: string): TableSort {
  const plain = plainSortSchema.safeParse(text);
  if (plain.success) return plain.data;
  const dot = text.lastIndexOf('.');
  return { series: text.slice(0, dot), statistic: statisticSchema.parse(text.slice(dot + 1)) };
}

const filterOf = ({ search, state, tag, ids }: RunTableQuery): TableFilter => ({
  search: search === '' ? undefined : search,
  states: state === undefined ? undefined : z.array(runStateSchema).parse(state.split(',')),
  tags: typeof tag === 'string' ? [tag] : tag,
  ids: ids?.split(','),
});

/** What is sorted as text; all else are numbers. */
const TEXTS: ReadonlySet<string> = new Set(['createdAt', 'name', 'state']);

/** A model's name; of one that was posted with the run its class. */
function modelOf({
  model_id: id,
  model_name: name,
  model_class,
  model_layers,
}: TableRow): RunTableRow['model'] {
  const layers = model_layers === null ? '' : `, ${model_layers} layers`;
  return { id, name: name ?? `${model_class ?? 'Model'}${layers}` };
}

function toTableRow(row: TableRow): RunTableRow {
  const { dataset_id: datasetId, dataset_name: datasetName } = row;
  return {
    id: row.id,
    name: row.name,
    state: runStateSchema.parse(row.state),
    tags: row.tags,
    step: row.step,
    totalSteps: row.total_steps,
    epoch: row.epoch,
    attempt: row.attempt,
    createdAt: row.created_at.toISOString(),
    startedAt: row.started_at?.toISOString() ?? null,
    finishedAt: row.finished_at?.toISOString() ?? null,
    dataset: datasetId === null || datasetName === null ? null : { id: datasetId, name: datasetName },
    model: modelOf(row),
    failure: errorCodeSchema.nullable().parse(row.failure_code),
    pauseRequested: row.pause_requested,
    cancelRequested: row.cancel_requested,
    summary: runSummarySchema.parse(row.summary),
  };
}

@Injectable()
export class RunTable {
  constructor(
    private readonly database: Database,
    private readonly table: RunTableRepository,
  ) {}

  /** One page of a table. Throws BAD_CURSOR for a cursor of another order. */
  async list(principal: Principal, query: RunTableQuery): Promise<RunTablePage> {
    requireScope(principal, 'read');
    const { projectId } = principal;
    const { after, limit, sort, order } = query;
    const name = `runTable:${projectId}:${order}:${sort}`;
    const position =
      after === undefined ? null : decodePosition(name, TEXTS.has(sort) ? 'text' : 'number', after);
    const asOf = position?.asOf ?? new Date().toISOString();
    const filter = filterOf(query);
    const choice = { order, asOf, sort: sortOf(sort), after: position, limit: limit + 1 };
    return this.database.asProject(projectId, async () => {
      const rows = await this.table.list(projectId, filter, choice);
      const shown = rows.slice(0, limit);
      const last = rows.length > limit ? shown.at(-1) : undefined;
      return {
        data: shown.map(toTableRow),
        hasMore: last !== undefined,
        nextCursor: last ? encodePosition(name, { key: last.sort_key, id: last.id, asOf }) : null,
        total: await this.table.count(projectId, filter),
      };
    });
  }

  /** A series of several runs in a few points each; runs that are not there, or lack it, are left out. */
  async sparklines(principal: Principal, { ids, series, points }: SparklinesQuery): Promise<Sparklines> {
    requireScope(principal, 'read');
    const { projectId } = principal;
    const rows = await this.database.asProject(projectId, () =>
      this.table.sparklines(projectId, ids.split(','), { series, points }),
    );
    const lines = Map.groupBy(rows, ({ id }) => id);
    return {
      data: [...lines].map(([id, found]) => ({
        id,
        steps: found.map(({ step }) => step),
        values: found.map(({ value }) => toWireNumber(value)),
      })),
    };
  }
}
