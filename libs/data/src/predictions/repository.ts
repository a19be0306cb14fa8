// SQL of predictions that somebody waits for.

import { Injectable } from '@nestjs/common';
import { sql, type Selectable } from 'kysely';
import { Database } from '../database.js';
import type { Predictions } from '../generated/schema.js';
import { jsonb } from '../json.js';

type PredictionRow = Selectable<Predictions>;

interface NewPredictionRow {
  readonly id: string;
  readonly projectId: string;
  readonly checkpointId: string;
  readonly datasetId: string | null;
  readonly request: unknown;
}

@Injectable()
export class PredictionRepository {
  constructor(private readonly database: Database) {}

  async insert({ id, projectId, checkpointId, datasetId, request }: NewPredictionRow): Promise<void> {
    await this.database.query
      .insertInto('predictions')
      .values({
        id,
        project_id: projectId,
        checkpoint_id: checkpointId,
        dataset_id: datasetId,
        request: jsonb(request),
      })
      .execute();
  }

  /** How many of a project have no answer yet, those that nobody waits for any more not counted. */
  async countWaiting(projectId: string, seconds: number): Promise<number> {
    const { waiting } = await this.database.query
      .selectFrom('predictions')
      .select(({ fn }) => fn.countAll<number>().as('waiting'))
      .where('project_id', '=', projectId)
      .where('answer', 'is', null)
      .where('created_at', '>', sql<Date>`now() - make_interval(secs => ${seconds})`)
      .executeTakeFirstOrThrow();
    return waiting;
  }

  async find(projectId: string, id: string): Promise<PredictionRow | undefined> {
    return this.database.query
      .selectFrom('predictions')
      .selectAll()
      .where('project_id', '=', projectId)
      .where('id', '=', id)
      .executeTakeFirst();
  }

  /** One of any project that has no answer, and whose asker still waits; with its age by the clock of Postgres. */
  async findWaiting(id: string, seconds: number): Promise<(PredictionRow & { age_ms: number }) | undefined> {
    return this.database.query
      .selectFrom('predictions')
      .selectAll()
      .select(sql<number>`(1000 * extract(epoch FROM now() - created_at))::float8`.as('age_ms'))
      .where('id', '=', id)
      .where('answer', 'is', null)
      .where('created_at', '>', sql<Date>`now() - make_interval(secs => ${seconds})`)
      .executeTakeFirst();
  }

  /** Stores the first answer; later ones change nothing. */
  async answer(id: string, answer: unknown): Promise<void> {
    await this.database.query
      .updateTable('predictions')
      .set({ answer: jsonb(answer) })
      .where('id', '=', id)
      .where('answer', 'is', null)
      .execute();
  }

  async remove(projectId: string, id: string): Promise<void> {
    await this.database.query
      .deleteFrom('predictions')
      .where('project_id', '=', projectId)
      .where('id', '=', id)
      .execute();
  }

  /** Deletes those of every project that whoever asked has left behind. */
  async forgetOld(seconds: number): Promise<void> {
    await this.database.query
      .deleteFrom('predictions')
      .where('created_at', '<', sql<Date>`now() - make_interval(secs => ${seconds})`)
      .execute();
  }
}
