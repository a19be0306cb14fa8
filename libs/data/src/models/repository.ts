// SQL of models.

import { Injectable } from '@nestjs/common';
import type { Selectable } from 'kysely';
import { Database } from '../database.js';
import type { Models } from '../generated/schema.js';
import { jsonb } from '../json.js';
import type { Keyset } from '../pages.js';

export type ModelRow = Selectable<Models>;

@Injectable()
export class ModelRepository {
  constructor(private readonly database: Database) {}

  async insert(model: {
    id: string;
    projectId: string;
    name: string;
    definition: unknown;
    summary: unknown;
  }): Promise<ModelRow> {
    return this.database.query
      .insertInto('models')
      .values({
        id: model.id,
        project_id: model.projectId,
        name: model.name,
        definition: jsonb(model.definition),
        summary: jsonb(model.summary),
      })
      .returningAll()
      .executeTakeFirstOrThrow();
  }

  async list(projectId: string, { before, limit }: Keyset): Promise<ModelRow[]> {
    return this.database.query
      .selectFrom('models')
      .selectAll()
      .where('project_id', '=', projectId)
      .$if(before !== null, (query) => query.where('id', '<', before ?? ''))
      .orderBy('id', 'desc')
      .limit(limit)
      .execute();
  }

  async find(projectId: string, id: string): Promise<ModelRow | undefined> {
    return this.database.query
      .selectFrom('models')
      .selectAll()
      .where('project_id', '=', projectId)
      .where('id', '=', id)
      .executeTakeFirst();
  }

  /** The row, locked against its deletion and changes until the transaction ends. */
  async lock(projectId: string, id: string): Promise<ModelRow | undefined> {
    return this.database.query
      .selectFrom('models')
      .selectAll()
      .where('project_id', '=', projectId)
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst();
  }

  /** Deletes the row. A run that refers to it makes this a foreign key violation. */
  async remove(projectId: string, id: string): Promise<void> {
    await this.database.query
      .deleteFrom('models')
      .where('project_id', '=', projectId)
      .where('id', '=', id)
      .execute();
  }
}
