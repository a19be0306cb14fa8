// SQL of projects.

import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../database.js';

/** Any number of ours: names the lock that one first start holds against another. */
const FIRST_START_LOCK = 7_401_001;

@Injectable()
export class ProjectRepository {
  constructor(private readonly database: Database) {}

  /** Makes other first starts wait until this transaction ends. */
  async lockFirstStart(): Promise<void> {
    await sql`SELECT pg_advisory_xact_lock(${FIRST_START_LOCK})`.execute(this.database.query);
  }

  async exists(): Promise<boolean> {
    return (await this.database.query.selectFrom('projects').select('id').limit(1).execute()).length > 0;
  }

  async find(id: string): Promise<{ id: string; name: string } | undefined> {
    return this.database.query
      .selectFrom('projects')
      .select(['id', 'name'])
      .where('id', '=', id)
      .executeTakeFirst();
  }

  async insert(id: string, name: string): Promise<void> {
    await this.database.query.insertInto('projects').values({ id, name }).execute();
  }
}
