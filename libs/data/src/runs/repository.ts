// SQL of runs: what a project's requests read and write. What workers write is in attempts.ts and frames.ts.

import type { RunFilter, RunState } from '@gradstream/contracts';
import { Injectable } from '@nestjs/common';
import { sql, type Selectable } from 'kysely';
import { Database } from '../database.js';
import type { Runs } from '../generated/schema.js';
import { jsonb } from '../json.js';
import type { Keyset } from '../pages.js';

export type RunRow = Selectable<Runs>;

/** Frames that one statement deletes. */
const DELETED_FRAMES = 50_000;

export interface NewRunRow {
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  readonly datasetId: string;
  readonly modelId: string | null;
  readonly originCheckpointId: string | null;
  readonly spec: unknown;
}

@Injectable()
export class RunRepository {
  constructor(private readonly database: Database) {}

  async insert(run: NewRunRow): Promise<RunRow> {
    return this.database.query
      .insertInto('runs')
      .values({
        id: run.id,
        project_id: run.projectId,
        name: run.name,
        dataset_id: run.datasetId,
        model_id: run.modelId,
        origin_checkpoint_id: run.originCheckpointId,
        spec: jsonb(run.spec),
        state: 'queued' satisfies RunState,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
  }

  async list(
    projectId: string,
    { before, limit }: Keyset,
    { tag, state }: RunFilter = {},
  ): Promise<RunRow[]> {
    return this.database.query
      .selectFrom('runs')
      .selectAll()
      .where('project_id', '=', projectId)
      .$if(before !== null, (query) => query.where('id', '<', before ?? ''))
      .$if(tag !== undefined, (query) => query.where(sql<boolean>`tags @> ARRAY[${tag}]::text[]`))
      .$if(state !== undefined, (query) => query.where('state', '=', state ?? ''))
      .orderBy('id', 'desc')
      .limit(limit)
      .execute();
  }

  async find(projectId: string, id: string): Promise<RunRow | undefined> {
    return this.database.query
      .selectFrom('runs')
      .selectAll()
      .where('project_id', '=', projectId)
      .where('id', '=', id)
      .executeTakeFirst();
  }

  /** The run, locked until the transaction ends. */
  async lock(projectId: string, id: string): Promise<RunRow | undefined> {
    return this.database.query
      .selectFrom('runs')
      .selectAll()
      .where('project_id', '=', projectId)
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst();
  }

  /** Asks the worker of a run for something, or takes that back. */
  async request(
    projectId: string,
    id: string,
    requests: { readonly cancel?: boolean; readonly pause?: boolean },
  ): Promise<void> {
    const { cancel, pause } = requests;
    await this.database.query
      .updateTable('runs')
      .set({
        ...(cancel === undefined ? {} : { cancel_requested: cancel }),
        ...(pause === undefined ? {} : { pause_requested: pause }),
      })
      .where('project_id', '=', projectId)
      .where('id', '=', id)
      .execute();
  }

  /** Forgets what was asked of a run that is to start again, and the attempts that it has had. */
  async prepareRetry(run: RunRow, fromStart: boolean): Promise<void> {
    await this.database.query
      .updateTable('runs')
      .set({
        cancel_requested: false,
        pause_requested: false,
        from_start: fromStart,
        not_before: null,
        retried_after: run.attempt,
      })
      .where('project_id', '=', run.project_id)
      .where('id', '=', run.id)
      .execute();
  }

  /** Ids of runs that refer to a dataset or a model, oldest first. */
  async listUsersOf(
    column: 'dataset_id' | 'model_id',
    projectId: string,
    id: string,
    limit: number,
  ): Promise<string[]> {
    const rows = await this.database.query
      .selectFrom('runs')
      .select('id')
      .where('project_id', '=', projectId)
      .where(column, '=', id)
      .orderBy('id')
      .limit(limit)
      .execute();
    return rows.map((row) => row.id);
  }

  /** Runs of a dataset, locked one after the other by their ids. */
  async lockUsersOf(projectId: string, datasetId: string): Promise<Pick<RunRow, 'id' | 'state'>[]> {
    return this.database.query
      .selectFrom('runs')
      .select(['id', 'state'])
      .where('project_id', '=', projectId)
      .where('dataset_id', '=', datasetId)
      .orderBy('id')
      .forUpdate()
      .execute();
  }

  /** Takes a dataset that is to be deleted from its runs, which the caller has locked, and which have ended. */
  async detachDataset(projectId: string, datasetId: string, time: Date): Promise<void> {
    await this.database.query
      .updateTable('runs')
      .set({ dataset_id: null, dataset_deleted_at: time })
      .where('project_id', '=', projectId)
      .where('dataset_id', '=', datasetId)
      .execute();
  }

  /** Ids of runs that began at a checkpoint of this one. */
  async listForksOf(projectId: string, runId: string, limit: number): Promise<string[]> {
    const rows = await this.database.query
      .selectFrom('runs')
      .innerJoin('checkpoints', 'checkpoints.id', 'runs.origin_checkpoint_id')
      .select('runs.id')
      .where('runs.project_id', '=', projectId)
      .where('checkpoints.run_id', '=', runId)
      .where('runs.id', '!=', runId)
      .orderBy('runs.id')
      .limit(limit)
      .execute();
    return rows.map((row) => row.id);
  }

  async update(
    projectId: string,
    id: string,
    changes: { readonly notes: string; readonly tags: string[] },
  ): Promise<RunRow> {
    return this.database.query
      .updateTable('runs')
      .set(changes)
      .where('project_id', '=', projectId)
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow();
  }

  /** Deletes a run without checkpoints, and its history: a part at a time, so that no statement takes long. */
  async remove({ id, project_id, last_seq }: RunRow): Promise<void> {
    for (let seq = 0; seq < last_seq; seq += DELETED_FRAMES)
      await this.database.query
        .deleteFrom('run_frames')
        .where('project_id', '=', project_id)
        .where('run_id', '=', id)
        .where('seq', '>', seq)
        .where('seq', '<=', seq + DELETED_FRAMES)
        .execute();
    for (const table of ['run_rollups', 'run_attempts'] as const)
      await this.database.query
        .deleteFrom(table)
        .where('project_id', '=', project_id)
        .where('run_id', '=', id)
        .execute();
    await this.database.query
      .deleteFrom('runs')
      .where('project_id', '=', project_id)
      .where('id', '=', id)
      .execute();
  }
}
