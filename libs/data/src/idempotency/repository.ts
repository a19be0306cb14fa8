// SQL of the first answers to requests with an Idempotency-Key.

import { Injectable } from '@nestjs/common';
import { sql, type Selectable } from 'kysely';
import { Database } from '../database.js';
import type { IdempotencyKeys } from '../generated/schema.js';

type IdempotencyRow = Selectable<IdempotencyKeys>;

/** A key taken by one request; `owner` is of that request alone. */
export interface IdempotencyClaim {
  readonly projectId: string;
  readonly key: string;
  readonly owner: string;
}

@Injectable()
export class IdempotencyRepository {
  constructor(private readonly database: Database) {}

  /**
   * Takes a key. One whose request never ended counts as free after a minute, an answer after a day.
   * Returns false when it is taken.
   */
  async take({ projectId, key, owner }: IdempotencyClaim, requestSha256: Buffer): Promise<boolean> {
    const taken = await this.database.query
      .insertInto('idempotency_keys')
      .values({ project_id: projectId, key, owner, request_sha256: requestSha256 })
      .onConflict((conflict) =>
        conflict
          .columns(['project_id', 'key'])
          .doUpdateSet({ owner, request_sha256: requestSha256, body: null, created_at: sql<Date>`now()` })
          .where(
            sql<boolean>`idempotency_keys.created_at < now() - CASE WHEN idempotency_keys.body IS NULL
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

  /** Stores the answer. Returns false when another request has taken the key, or it was given back. */
  async store({ projectId, key, owner }: IdempotencyClaim, body: string): Promise<boolean> {
    const { numUpdatedRows } = await this.database.query
      .updateTable('idempotency_keys')
      .set({ body })
      .where('project_id', '=', projectId)
      .where('key', '=', key)
      .where('owner', '=', owner)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  /** Gives a key back, unless its answer is stored. Waits for the transaction that may be storing it. */
  async release({ projectId, key, owner }: IdempotencyClaim): Promise<void> {
    await this.database.query
      .deleteFrom('idempotency_keys')
      .where('project_id', '=', projectId)
      .where('key', '=', key)
      .where('owner', '=', owner)
      .where('body', 'is', null)
      .execute();
  }

  /** Deletes rows of every project that are older than a day; returns how many. */
  async forgetOld(limit: number): Promise<number> {
    const old = this.database.query
      .selectFrom('idempotency_keys')
      .select(['project_id', 'key'])
      .where('created_at', '<', sql<Date>`now() - interval '1 day'`)
      .limit(limit)
      .forUpdate()
      .skipLocked();
    const { numDeletedRows } = await this.database.query
      .deleteFrom('idempotency_keys')
      .where((eb) => eb(eb.refTuple('project_id', 'key'), 'in', old.$asTuple('project_id', 'key')))
      .executeTakeFirst();
    return Number(numDeletedRows);
  }
}
