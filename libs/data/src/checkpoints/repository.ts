// SQL of checkpoints. A checkpoint exists when its row does.

import { Injectable } from '@nestjs/common';
import { sql, type Selectable, type SqlBool } from 'kysely';
import { Database } from '../database.js';
import type { Checkpoints } from '../generated/schema.js';
import { jsonb } from '../json.js';
import type { Keyset } from '../pages.js';
import type { RunRow } from '../runs/repository.js';

export type CheckpointRow = Selectable<Checkpoints>;

/** A stored file of a checkpoint, as the column `files` holds it. */
export interface CheckpointFile {
  readonly name: string;
  readonly objectKey: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** A checkpoint, whether somebody needs it, and whether a later attempt began before it. */
type RetainedRow = CheckpointRow & { readonly needed: SqlBool; readonly taken_back: SqlBool };

export interface CheckpointContent {
  readonly epoch: number;
  readonly files: readonly CheckpointFile[];
  readonly resumable: boolean;
  readonly metrics: Readonly<Record<string, number>>;
}

export interface NewCheckpointRow extends CheckpointContent {
  readonly id: string;
  readonly step: number;
}

const columnsOf = ({ epoch, files, resumable, metrics }: CheckpointContent) => ({
  epoch,
  files: jsonb(files),
  resumable,
  metric_names: Object.keys(metrics),
  metric_values: Object.values(metrics),
});

@Injectable()
export class CheckpointRepository {
  constructor(private readonly database: Database) {}

  /** What the run's attempt has stored of a step; the caller has locked the run. */
  async findOfStep(run: RunRow, step: number): Promise<CheckpointRow | undefined> {
    return this.database.query
      .selectFrom('checkpoints')
      .selectAll()
      .where('project_id', '=', run.project_id)
      .where('run_id', '=', run.id)
      .where('attempt', '=', run.attempt)
      .where('step', '=', step)
      .forUpdate()
      .executeTakeFirst();
  }

  /** Stores the row of a run that the caller has locked. */
  async insert(run: RunRow, { id, step, ...content }: NewCheckpointRow): Promise<void> {
    await this.database.query
      .insertInto('checkpoints')
      .values({
        id,
        project_id: run.project_id,
        run_id: run.id,
        attempt: run.attempt,
        step,
        ...columnsOf(content),
      })
      .execute();
  }

  /** Gives a row what was stored of its step since. */
  async replace({ project_id, id }: CheckpointRow, content: CheckpointContent): Promise<void> {
    await this.database.query
      .updateTable('checkpoints')
      .set(columnsOf(content))
      .where('project_id', '=', project_id)
      .where('id', '=', id)
      .execute();
  }

  /** Locks all checkpoints of a run: none is pinned, and no fork begins at one, until the transaction ends. */
  async lockAll(projectId: string, runId: string): Promise<void> {
    await this.database.query
      .selectFrom('checkpoints')
      .select('id')
      .where('project_id', '=', projectId)
      .where('run_id', '=', runId)
      .orderBy('id')
      .forUpdate()
      .execute();
  }

  /** The same of one, which it returns. */
  async lock(projectId: string, id: string): Promise<CheckpointRow | undefined> {
    return this.database.query
      .selectFrom('checkpoints')
      .selectAll()
      .where('project_id', '=', projectId)
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst();
  }

  async list(projectId: string, runId: string, { before, limit }: Keyset): Promise<CheckpointRow[]> {
    return this.database.query
      .selectFrom('checkpoints')
      .selectAll()
      .where('project_id', '=', projectId)
      .where('run_id', '=', runId)
      .$if(before !== null, (query) => query.where('id', '<', before ?? ''))
      .orderBy('id', 'desc')
      .limit(limit)
      .execute();
  }

  async find(projectId: string, id: string): Promise<CheckpointRow | undefined> {
    return this.database.query
      .selectFrom('checkpoints')
      .selectAll()
      .where('project_id', '=', projectId)
      .where('id', '=', id)
      .executeTakeFirst();
  }

  /** The last checkpoint of a run to go on from; not one that a later attempt has taken back by beginning before it. */
  async findResumable(projectId: string, runId: string): Promise<CheckpointRow | undefined> {
    return this.database.query
      .selectFrom('checkpoints as checkpoint')
      .selectAll('checkpoint')
      .where('checkpoint.project_id', '=', projectId)
      .where('checkpoint.run_id', '=', runId)
      .where('checkpoint.resumable', '=', true)
      .where((eb) =>
        eb.not(
          eb.exists(
            eb
              .selectFrom('run_attempts as later')
              .select(sql`1`.as('one'))
              .whereRef('later.run_id', '=', 'checkpoint.run_id')
              .whereRef('later.number', '>', 'checkpoint.attempt')
              .whereRef('later.start_step', '<', 'checkpoint.step'),
          ),
        ),
      )
      .orderBy('checkpoint.step', 'desc')
      .orderBy('checkpoint.attempt', 'desc')
      .limit(1)
      .executeTakeFirst();
  }

  /** All checkpoints of a run. */
  async listAll(projectId: string, runId: string): Promise<CheckpointRow[]> {
    return this.database.query
      .selectFrom('checkpoints')
      .selectAll()
      .where('project_id', '=', projectId)
      .where('run_id', '=', runId)
      .execute();
  }

  /** All checkpoints of a run, and what speaks for and against each. */
  async listForRetention(projectId: string, runId: string): Promise<RetainedRow[]> {
    return this.database.query
      .selectFrom('checkpoints as checkpoint')
      .selectAll('checkpoint')
      .select((eb) => [
        eb
          .or([
            eb('checkpoint.pinned', '=', true),
            eb.exists(
              eb
                .selectFrom('runs as fork')
                .select(sql`1`.as('one'))
                .whereRef('fork.origin_checkpoint_id', '=', 'checkpoint.id'),
            ),
          ])
          .as('needed'),
        eb
          .exists(
            eb
              .selectFrom('run_attempts as later')
              .select(sql`1`.as('one'))
              .whereRef('later.run_id', '=', 'checkpoint.run_id')
              .whereRef('later.number', '>', 'checkpoint.attempt')
              .whereRef('later.start_step', '<', 'checkpoint.step'),
          )
          .as('taken_back'),
      ])
      .where('checkpoint.project_id', '=', projectId)
      .where('checkpoint.run_id', '=', runId)
      .execute();
  }

  async setPinned(projectId: string, id: string, pinned: boolean): Promise<CheckpointRow | undefined> {
    return this.database.query
      .updateTable('checkpoints')
      .set({ pinned })
      .where('project_id', '=', projectId)
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirst();
  }

  /** Deletes rows. A fork that began at one makes this a foreign key violation. */
  async remove(projectId: string, ids: readonly string[]): Promise<void> {
    await this.database.query
      .deleteFrom('checkpoints')
      .where('project_id', '=', projectId)
      .where('id', 'in', ids)
      .execute();
  }
}
