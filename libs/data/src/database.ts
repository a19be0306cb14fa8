// One pool, and transactions that the code inside finds by itself. Work for a project runs as a role that
// row-level security binds to that project; work of the system runs as the owner and sees all.

import { Config, Logger } from '@gradstream/platform';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Kysely, PostgresDialect, sql, type Transaction, type TransactionBuilder } from 'kysely';
import { AsyncLocalStorage } from 'node:async_hooks';
import pg from 'pg';
import { arrayTypes } from './arrays.js';
import type { DB } from './generated/schema.js';

interface Ambient {
  readonly transaction: Transaction<DB>;
  /** Null for the system. */
  readonly projectId: string | null;
  /** What is to be done once it is committed. */
  readonly afterwards: (() => void)[];
}

const POOL_SIZE = 12;
const CONNECT_MS = 3000;
/** How long Postgres works on one statement: all of ours take milliseconds. */
const STATEMENT_MS = 8000;
/** How long an answer is waited for, from a Postgres that may have stopped: more, for its own limit says why. */
const ANSWER_MS = 10_000;

// int8 as a number: all of ours stay far below 2^53.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

@Injectable()
export class Database implements OnApplicationShutdown {
  readonly #kysely: Kysely<DB>;
  readonly #ambient = new AsyncLocalStorage<Ambient>();

  constructor(config: Config, { log }: Logger) {
    const pool = new pg.Pool({
      connectionString: config.databaseUrl,
      max: POOL_SIZE,
      connectionTimeoutMillis: CONNECT_MS,
      statement_timeout: STATEMENT_MS,
      query_timeout: ANSWER_MS,
      keepAlive: true,
      types: arrayTypes,
    });
    // Without listeners the loss of a connection, idle or in use, would end the process. The query that was under
    // way fails by itself.
    const onLost = (error: Error): void => {
      log.warn({ error: error.message }, 'a Postgres connection was lost');
    };
    pool.on('error', onLost);
    pool.on('connect', (client) => {
      client.on('error', onLost);
    });
    this.#kysely = new Kysely<DB>({ dialect: new PostgresDialect({ pool }) });
  }

  /** The transaction that the caller runs in. Throws outside of `asProject` and `asSystem`. */
  get query(): Transaction<DB> {
    return this.#current.transaction;
  }

  get #current(): Ambient {
    const ambient = this.#ambient.getStore();
    if (!ambient) throw new Error('a query needs asProject or asSystem around it');
    return ambient;
  }

  /** Runs `work` in a transaction that sees one project alone. Inside one of the same project it joins it. */
  async asProject<T>(projectId: string, work: () => Promise<T>): Promise<T> {
    const outer = this.#ambient.getStore();
    if (outer) {
      if (outer.projectId === projectId) return work();
      throw new Error('a transaction belongs to one project');
    }
    return this.#transact(this.#kysely.transaction(), projectId, work);
  }

  /** Runs `work`, which only reads, as `asProject` does: all that it reads is as it was at one moment. */
  async asSnapshot<T>(projectId: string, work: () => Promise<T>): Promise<T> {
    if (this.#ambient.getStore()) throw new Error('a snapshot is of its own transaction');
    const snapshot = this.#kysely
      .transaction()
      .setAccessMode('read only')
      .setIsolationLevel('repeatable read');
    return this.#transact(snapshot, projectId, work);
  }

  /** Runs `work` in a transaction of the system, which sees every project. Inside another it joins it. */
  async asSystem<T>(work: () => Promise<T>): Promise<T> {
    const outer = this.#ambient.getStore();
    if (outer?.projectId === null) return work();
    if (outer) throw new Error('work of a project cannot become work of the system');
    return this.#transact(this.#kysely.transaction(), null, work);
  }

  /**
   * Does something once the caller's transaction is committed, such as telling others of it, who could not see it before;
   * never, if it is rolled back. Throws outside of `asProject` and `asSystem`.
   */
  afterCommit(work: () => void): void {
    this.#current.afterwards.push(work);
  }

  /** Throws when Postgres does not answer. */
  async ping(): Promise<void> {
    await sql`SELECT 1`.execute(this.#kysely);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#kysely.destroy();
  }

  async #transact<T>(
    builder: TransactionBuilder<DB>,
    projectId: string | null,
    work: () => Promise<T>,
  ): Promise<T> {
    const afterwards: (() => void)[] = [];
    const result = await builder.execute(async (transaction) => {
      if (projectId !== null)
        await sql`SELECT set_config('gradstream.project_id', ${projectId}, true), set_config('role', 'gradstream_tenant', true)`.execute(
          transaction,
        );
      return this.#ambient.run({ transaction, projectId, afterwards }, work);
    });
    for (const act of afterwards) act();
    return result;
  }
}
