// SQL of stored files whose rows are gone: what is to be removed from the storage.

import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../database.js';

@Injectable()
export class DeletedObjectRepository {
  constructor(private readonly database: Database) {}

  /** Notes a file, in the transaction that deletes the row it belonged to. */
  async insert(projectId: string, objectKey: string, removeAfter: Date): Promise<void> {
    await this.database.query
      .insertInto('deleted_objects')
      .values({ project_id: projectId, object_key: objectKey, remove_after: removeAfter })
      .execute();
  }

  /** Files of every project that may be removed now. */
  async listDue(limit: number): Promise<string[]> {
    const rows = await this.database.query
      .selectFrom('deleted_objects')
      .select('object_key')
      .where('remove_after', '<=', sql<Date>`now()`)
      .orderBy('remove_after')
      .limit(limit)
      .execute();
    return rows.map((row) => row.object_key);
  }

  /** Forgets files that were removed. */
  async forget(objectKeys: readonly string[]): Promise<void> {
    if (objectKeys.length === 0) return;
    await this.database.query.deleteFrom('deleted_objects').where('object_key', 'in', objectKeys).execute();
  }
}
