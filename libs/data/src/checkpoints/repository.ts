// SQL of checkpoints. A checkpoint exists when its row does.

import { Injectable } from '@nestjs/common';
import { sql, type Selectable } from 'kysely';
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
}
