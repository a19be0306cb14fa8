// SQL of API keys.

import { Injectable } from '@nestjs/common';
import type { Selectable } from 'kysely';
import { Database } from '../database.js';
import type { ApiKeys } from '../generated/schema.js';
import type { Keyset } from '../pages.js';

export type ApiKeyRow = Selectable<ApiKeys>;

export interface NewApiKeyRow {
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  readonly prefix: string;
  readonly secretSha256: Buffer;
  readonly scopes: readonly string[];
  readonly expiresAt: string | null;
}

@Injectable()
export class ApiKeyRepository {
  constructor(private readonly database: Database) {}

  async insert(key: NewApiKeyRow): Promise<ApiKeyRow> {
    return this.database.query
      .insertInto('api_keys')
      .values({
        id: key.id,
        project_id: key.projectId,
        name: key.name,
        prefix: key.prefix,
        secret_sha256: key.secretSha256,
        scopes: [...key.scopes],
        expires_at: key.expiresAt,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
  }

  async list(projectId: string, { before, limit }: Keyset): Promise<ApiKeyRow[]> {
    return this.database.query
      .selectFrom('api_keys')
      .selectAll()
      .where('project_id', '=', projectId)
      .$if(before !== null, (query) => query.where('id', '<', before ?? ''))
      .orderBy('id', 'desc')
      .limit(limit)
      .execute();
  }

  async find(projectId: string, id: string): Promise<ApiKeyRow | undefined> {
    return this.database.query
      .selectFrom('api_keys')
      .selectAll()
      .where('project_id', '=', projectId)
      .where('id', '=', id)
      .executeTakeFirst();
  }

  /** All keys that still work and hold a scope, locked against changes until the transaction ends. */
  async lockActiveWithScope(projectId: string, scope: string): Promise<ApiKeyRow[]> {
    return this.database.query
      .selectFrom('api_keys')
      .selectAll()
      .where('project_id', '=', projectId)
      .where('revoked_at', 'is', null)
      .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', eb.fn<Date>('now'))]))
      .where((eb) => eb(eb.val(scope), '=', eb.fn.any('scopes')))
      .orderBy('id')
      .forUpdate()
      .execute();
  }

  /** The key, locked until the transaction ends. */
  async lock(projectId: string, id: string): Promise<ApiKeyRow | undefined> {
    return this.database.query
      .selectFrom('api_keys')
      .selectAll()
      .where('project_id', '=', projectId)
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst();
  }

  /** Revokes; a key that was revoked before keeps its time. */
  async revoke(projectId: string, id: string): Promise<ApiKeyRow> {
    return this.database.query
      .updateTable('api_keys')
      .set((eb) => ({ revoked_at: eb.fn.coalesce(eb.ref('revoked_at'), eb.fn<Date>('now')) }))
      .where('project_id', '=', projectId)
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirstOrThrow();
  }

  /** The key with a secret, of any project: the one query that finds out which project a caller belongs to. */
  async findBySecret(secretSha256: Buffer): Promise<ApiKeyRow | undefined> {
    return this.database.query
      .selectFrom('api_keys')
      .selectAll()
      .where('secret_sha256', '=', secretSha256)
      .executeTakeFirst();
  }

  /** Notes a use. */
  async touch(projectId: string, id: string): Promise<void> {
    await this.database.query
      .updateTable('api_keys')
      .set({ last_used_at: new Date() })
      .where('project_id', '=', projectId)
      .where('id', '=', id)
      .execute();
  }
}
