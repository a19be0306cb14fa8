// SQL of stored files whose rows are gone: what is to be removed from the storage.

import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../database.js';

@Injectable()
export class DeletedObjectRepository {
  constructor(private readonly database: Database) {}

  /**
   * Notes files to be removed: those about to be uploaded, unless a row comes to hold them; and those of a row, in the
   * transaction that deletes it. Again is no error, nor is a key that is there twice.
   */
  async plan(projectId: string, objectKeys: readonly string[], removeAfter: Date): Promise<void> {
    if (objectKeys.length === 0) return;
    // One statement must not write a row twice.
    const rows = [...new Set(objectKeys)].map((key) => ({
      project_id: projectId,
      object_key: key,
      remove_after: removeAfter,
    }));
    await this.database.query
      .insertInto('deleted_objects')
      .values(rows)
      .onConflict((conflict) => conflict.column('object_key').doUpdateSet({ remove_after: removeAfter }))
      .execute();
  }

  /** Takes notes of files back that a row holds now; returns how many there were. */
  async keep(projectId: string, objectKeys: readonly string[]): Promise<number> {
    if (objectKeys.length === 0) return 0;
    const { numDeletedRows } = await this.database.query
      .deleteFrom('deleted_objects')
      .where('project_id', '=', projectId)
      .where('object_key', 'in', objectKeys)
      .executeTakeFirst();
    return Number(numDeletedRows);
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

  /**
   * Takes the note of a file that may be removed; false when a row holds the file now, or another cleaner has it. Until the
   * end, nothing keeps it.
   */
  async take(objectKey: string): Promise<boolean> {
    const { rows } = await sql`
      DELETE FROM deleted_objects WHERE object_key IN (
        SELECT object_key FROM deleted_objects WHERE object_key = ${objectKey} AND remove_after <= now()
        FOR UPDATE SKIP LOCKED)
      RETURNING object_key`.execute(this.database.query);
    return rows.length === 1;
  }

  /** Lets a file wait that cannot be removed now, so that it holds up no other. */
  async postpone(objectKey: string, seconds: number): Promise<void> {
    await this.database.query
      .updateTable('deleted_objects')
      .set({ remove_after: sql<Date>`now() + make_interval(secs => ${seconds})` })
      .where('object_key', '=', objectKey)
      .execute();
  }
}
