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

export interface NewCheckpointRow {
  readonly id: string;
  readonly step: number;
  readonly epoch: number;
  readonly files: readonly CheckpointFile[];
  readonly resumable: boolean;
  readonly metrics: Readonly<Record<string, number>>;
}

@Injectable()
export class CheckpointRepository {
  constructor(private readonly database: Database) {}

  /** Stores the row of a run that the caller has locked; undefined when the attempt has one of that step. */
  async insert(run: RunRow, checkpoint: NewCheckpointRow): Promise<CheckpointRow | undefined> {
    return this.database.query
      .insertInto('checkpoints')
      .values({
        id: checkpoint.id,
        project_id: run.project_id,
        run_id: run.id,
        attempt: run.attempt,
        step: checkpoint.step,
        epoch: checkpoint.epoch,
        files: jsonb(checkpoint.files),
        resumable: checkpoint.resumable,
        metric_names: Object.keys(checkpoint.metrics),
        metric_values: Object.values(checkpoint.metrics),
      })
      .onConflict((conflict) => conflict.columns(['run_id', 'attempt', 'step']).doNothing())
      .returningAll()
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
  async findResumable(runId: string): Promise<CheckpointRow | undefined> {
    return this.database.query
      .selectFrom('checkpoints as checkpoint')
      .selectAll('checkpoint')
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
  async remove(ids: readonly string[]): Promise<void> {
    await this.database.query.deleteFrom('checkpoints').where('id', 'in', ids).execute();
  }
}
