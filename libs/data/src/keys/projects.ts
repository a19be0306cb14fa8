// SQL of projects.

import { Injectable } from '@nestjs/common';
import { sql } from 'kysely';
import { Database } from '../database.js';

/** Any number of ours: names the lock that one first start holds against another. */
const FIRST_START_LOCK = 7_401_001;

/** How much is in a project: by state, and in all. */
export interface ProjectCounts {
  readonly runs: Readonly<Record<string, number>>;
  readonly datasets: Readonly<Record<string, number>>;
  readonly models: number;
}

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

  /** How many runs and datasets of each state a project has, and how many models. */
  async counts(projectId: string): Promise<ProjectCounts> {
    const byState = async (table: 'runs' | 'datasets'): Promise<Record<string, number>> => {
      const rows = await this.database.query
        .selectFrom(table)
        .select(['state', (of) => of.fn.countAll<number>().as('count')])
        .where('project_id', '=', projectId)
        .groupBy('state')
        .execute();
      return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
    };
    const { count } = await this.database.query
      .selectFrom('models')
      .select((of) => of.fn.countAll<number>().as('count'))
      .where('project_id', '=', projectId)
      .executeTakeFirstOrThrow();
    return { runs: await byState('runs'), datasets: await byState('datasets'), models: count };
  }

  async insert(id: string, name: string): Promise<void> {
    await this.database.query.insertInto('projects').values({ id, name }).execute();
  }
}
