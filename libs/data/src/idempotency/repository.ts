// SQL of the first answers to requests with an Idempotency-Key.

import { Injectable } from '@nestjs/common';
import { sql, type Selectable } from 'kysely';
import { Database } from '../database.js';
import type { IdempotencyKeys } from '../generated/schema.js';
import { jsonb } from '../json.js';

export type IdempotencyRow = Selectable<IdempotencyKeys>;

@Injectable()
export class IdempotencyRepository {
  constructor(private readonly database: Database) {}

  /**
   * Takes a key. One whose request never ended counts as free after a minute, an answer after a day.
   * Returns false when it is taken.
   */
  async take(projectId: string, key: string, requestSha256: Buffer): Promise<boolean> {
    const taken = await this.database.query
      .insertInto('idempotency_keys')
      .values({ project_id: projectId, key, request_sha256: requestSha256 })
      .onConflict((conflict) =>
        conflict
          .columns(['project_id', 'key'])
          .doUpdateSet({
            request_sha256: requestSha256,
            status: null,
            body: null,
            headers: null,
            created_at: new Date(),
          })
          .where(
            sql<boolean>`idempotency_keys.created_at < now() - CASE WHEN idempotency_keys.status IS NULL
              THEN interval '1 minute' ELSE interval '1 day' END`,
          ),
      )
      .returning('key')
      .executeTakeFirst();
    return taken !== undefined;
  }

  async find(projectId: string, key: string): Promise<IdempotencyRow | undefined> {
    return this.database.query
      .selectFrom('idempotency_keys')
      .selectAll()
      .where('project_id', '=', projectId)
      .where('key', '=', key)
      .executeTakeFirst();
  }

  async store(
    projectId: string,
    key: string,
    answer: { status: number; headers: object; body: string },
  ): Promise<void> {
    await this.database.query
      .updateTable('idempotency_keys')
      .set({ status: answer.status, headers: jsonb(answer.headers), body: answer.body })
      .where('project_id', '=', projectId)
      .where('key', '=', key)
      .execute();
  }

  /** Gives a key back, after a failure that says nothing about the request. */
  async release(projectId: string, key: string): Promise<void> {
    await this.database.query
      .deleteFrom('idempotency_keys')
      .where('project_id', '=', projectId)
      .where('key', '=', key)
      .execute();
  }
}
