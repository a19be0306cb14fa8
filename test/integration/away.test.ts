// Services that answer "not now", or too late: real errors of their clients, and what becomes of them.

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Database } from '@gradstream/data';
import { Storage, toGradstreamError } from '@gradstream/platform';
import { sql } from 'kysely';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { startApi, type TestApi, useApi } from '../support/app.js';

jest.setTimeout(30_000);

const api = useApi();

/** What a promise is rejected with. */
const errorOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => 'no error',
    (error: unknown) => error,
  );

describe('Postgres', () => {
  test('a statement over its time is SERVICE_UNAVAILABLE', async () => {
    const database = api.app.get(Database);
    const work = database.asSystem(async () => {
      await sql`SET LOCAL statement_timeout = 10`.execute(database.query);
      await sql`SELECT pg_sleep(5)`.execute(database.query);
    });
    const error = toGradstreamError(await errorOf(work));
    expect(error).toMatchObject({ code: 'SERVICE_UNAVAILABLE', cause: { code: '57014' } });
  });

  test('an answer that does not come is SERVICE_UNAVAILABLE', async () => {
    const client = new pg.Client({ connectionString: process.env['DATABASE_URL'], query_timeout: 10 });
    await client.connect();
    const error = await errorOf(client.query('SELECT pg_sleep(1)'));
    await client.end();
    expect(error).toBeInstanceOf(Error);
    expect(toGradstreamError(error).code).toBe('SERVICE_UNAVAILABLE');
  });
});

describe('S3', () => {
  let server: Server;
  let other: TestApi;
  let code = '';

  beforeAll(async () => {
    server = createServer((_, response) => {
      response.writeHead(503, { 'content-type': 'application/xml' });
      response.end(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>m</Message></Error>`);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    other = await startApi({ S3_ENDPOINT: `http://127.0.0.1:${port}` });
  });
  afterAll(async () => {
    await other.stop();
    server.close();
    server.closeAllConnections();
  });

  test.each(['SlowDown', 'ServiceUnavailable', 'InternalError'])(
    '%s is SERVICE_UNAVAILABLE',
    async (given) => {
      code = given;
      const error = await errorOf(other.app.get(Storage).openRead('a'));
      expect(toGradstreamError(error)).toMatchObject({ code: 'SERVICE_UNAVAILABLE', retryAfterSeconds: 1 });
    },
  );
});
