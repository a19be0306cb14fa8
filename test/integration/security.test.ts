// What keeps projects apart and the process alive: row-level security, limits of what comes in, secrets at rest.

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Database } from '@gradstream/data';
import { sql } from 'kysely';
import { request } from 'node:http';
import { json } from 'node:stream/consumers';
import { startApi, type TestApi } from '../support/app.js';
import { newProject, populate, type TestProject } from '../support/projects.js';
import { definition } from '../support/runs.js';
import { init, subscribe, talk } from '../support/socket.js';

jest.setTimeout(30_000);

let api: TestApi;
let other: TestProject;

beforeAll(async () => {
  api = await startApi();
  other = await newProject(api);
  const headers = { 'idempotency-key': 'of-mine' };
  await populate(api, api.principal);
  const made = await api.call('POST', '/v1/datasets', {
    body: { name: 'd', columns: ['a'], rows: [[1]] },
    headers,
  });
  await api.call('DELETE', `/v1/datasets/${String(made.body['id'])}`);
});
afterAll(async () => {
  await api.stop();
});

describe('row-level security', () => {
  interface Table {
    readonly name: string;
    readonly owned: boolean;
  }

  /** All tables, and whether their rows belong to a project. */
  async function tables(): Promise<Table[]> {
    const database = api.app.get(Database);
    const { rows } = await database.asSystem(() =>
      sql<Table>`SELECT t.table_name AS name, EXISTS (
          SELECT FROM information_schema.columns c
          WHERE c.table_name = t.table_name AND c.table_schema = 'public' AND c.column_name = 'project_id') AS owned
        FROM information_schema.tables t WHERE t.table_schema = 'public' ORDER BY 1`.execute(database.query),
    );
    return rows;
  }

  /** How many rows a project sees of a table, by a query that forgets the filter. */
  async function count(projectId: string, table: string): Promise<number> {
    const database = api.app.get(Database);
    const { rows } = await database.asProject(projectId, () =>
      sql<{ n: number }>`SELECT count(*)::int AS n FROM ${sql.table(table)}`.execute(database.query),
    );
    return rows[0]?.n ?? -1;
  }

  test('every table with an owner shows its own rows alone, and the others none at all', async () => {
    const nobody = `prj_${'f'.repeat(32)}`;
    const { projectId } = api.principal;
    const found = await tables();
    expect(found.filter(({ owned }) => owned).length).toBeGreaterThanOrEqual(9);
    for (const { name, owned } of found) {
      if (owned) {
        expect([name, await count(projectId, name)]).not.toEqual([name, 0]);
        expect([name, await count(nobody, name)]).toEqual([name, 0]);
      } else await expect(count(projectId, name)).rejects.toThrow(/permission denied/);
    }
  });

  test('rows of another project are neither changed, deleted nor planted', async () => {
    const database = api.app.get(Database);
    const { projectId: mine } = api.principal;
    const { projectId: theirs } = other.principal;
    const run = async (statement: ReturnType<typeof sql>): Promise<bigint> => {
      const { numAffectedRows } = await database.asProject(theirs, () => statement.execute(database.query));
      return numAffectedRows ?? -1n;
    };
    const before = await count(theirs, 'api_keys');
    expect(await run(sql`UPDATE api_keys SET name = 'renamed'`)).toBe(BigInt(before));
    expect(await run(sql`DELETE FROM checkpoints`)).toBe(0n);
    expect(await count(mine, 'checkpoints')).toBeGreaterThan(0);
    await expect(run(sql`UPDATE api_keys SET project_id = ${mine}`)).rejects.toThrow(/row-level security/);
    const plant = sql`INSERT INTO models (id, project_id, name, definition, summary) VALUES ('mdl_x', ${mine}, 'x', '{}', '{}')`;
    await expect(run(plant)).rejects.toThrow(/row-level security/);
  });
});

describe('bodies', () => {
  const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth);

  test.each([
    ['nested too deep', `{"name":"m","definition":{"a":${nested(200_000)}}}`, '/definition/a', 'tooDeep'],
    ['a NUL in a text', '{"name":"a\\u0000b","definition":{}}', '/name', 'custom'],
    ['a NUL in a name', '{"name":"m","definition":{"a\\u0000":1}}', '/definition', 'custom'],
    ['half a surrogate pair', '{"name":"m","definition":{"a":"\\ud800"}}', '/definition', 'custom'],
  ])('%s is refused with its place', async (_, raw, pointer, code) => {
    const headers = { 'idempotency-key': 'deep' };
    const { status, body } = await api.call('POST', '/v1/models', { raw, headers });
    expect([status, body['code']]).toEqual([422, 'VALIDATION_FAILED']);
    expect(body['errors']).toEqual([
      expect.objectContaining({ pointer: expect.stringContaining(pointer), code }),
    ]);
  });

  test('so are they as variables and in documents, over HTTP and WebSocket', async () => {
    const query = 'mutation ($input: CreateModelInput!) { createModel(input: $input) { problem { code } } }';
    const deep = { input: { name: 'm', definition: { a: JSON.parse(nested(500)) as unknown } } };
    const answer = await api.call('POST', '/graphql', { body: { query, variables: deep } });
    expect(JSON.stringify(answer.body['errors'])).toContain('tooDeep');
    const heard = await talk(api.url, [init(api.apiKey), subscribe(query, deep)]);
    expect(JSON.stringify(heard.answer)).toContain('tooDeep');
    const text = `mutation ($d: JSON!) { createModel(input: {name: "a\\u0000b", definition: $d}) { problem { code } } }`;
    const literal = await api.call('POST', '/graphql', {
      body: { query: text, variables: { d: definition } },
    });
    expect(literal.body).toEqual({ data: { createModel: { problem: { code: 'VALIDATION_FAILED' } } } });
  });

  test('a body over 16 MiB is refused, for GraphQL too', async () => {
    const body = { query: `# ${'a'.repeat(17 * 2 ** 20)}` };
    expect((await api.call('POST', '/graphql', { body })).status).toBe(413);
  });
});

describe('upgrades', () => {
  test('a message over 1 MiB closes the connection', async () => {
    const { code } = await talk(api.url, [init(api.apiKey), subscribe(`# ${'a'.repeat(2 ** 20)}`)]);
    expect(code).toBe(1009); // RFC 6455, section 7.4.1: message too big.
  });

  test('operations before the key, and a second key, are refused by the protocol', async () => {
    expect((await talk(api.url, [subscribe('{ __typename }')])).code).toBe(4401);
    expect((await talk(api.url, [init(api.apiKey), init(api.apiKey)])).code).toBe(4429);
  });

  /** The refusal of an upgrade. */
  function upgrade(path: string, more: Record<string, string> = {}): Promise<object> {
    const headers = {
      connection: 'upgrade',
      upgrade: 'websocket',
      'sec-websocket-key': 'x',
      'sec-websocket-version': '13',
      ...more,
    };
    return new Promise((resolve, reject) => {
      request(`${api.url}${path}`, { headers })
        .on('response', (response) => {
          json(response).then((body) => {
            resolve({ status: response.statusCode, body });
          }, reject);
        })
        .on('error', reject)
        .end();
    });
  }

  test.each(['/', '/v1/runs', '/graphqlx', '/livez'])('one of %s is refused at once', async (path) => {
    expect(await upgrade(path)).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  });

  test('one of a foreign page is refused with the reason', async () => {
    const refused = await upgrade('/graphql', { origin: 'https://evil.example' });
    expect(refused).toMatchObject({ status: 403, body: { code: 'ORIGIN_REFUSED', status: 403 } });
  });
});

describe('stored answers', () => {
  test('hold no secret, and only the key that asked gets them again', async () => {
    const headers = { 'idempotency-key': 'sealed' };
    const body = { name: 'sealed', scopes: ['admin'] };
    const first = await api.call('POST', '/v1/apiKeys', { body, headers });
    const secret = String(first.body['secret']);
    const again = await api.call('POST', '/v1/apiKeys', { body, headers });
    expect([again.status, again.body, again.headers.get('location')]).toEqual([
      ...[201, first.body, first.headers.get('location')],
    ]);
    const database = api.app.get(Database);
    const { rows } = await database.asSystem(() =>
      sql<{
        row: string;
      }>`SELECT idempotency_keys::text AS row FROM idempotency_keys WHERE key = 'sealed'`.execute(
        database.query,
      ),
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]?.row).not.toContain(secret);
    expect(rows[0]?.row).not.toContain(Buffer.from(secret).toString('base64').slice(4, 40));
    const stranger = await api.call('POST', '/v1/apiKeys', { body, headers, key: secret });
    expect([stranger.status, stranger.body['code']]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED']);
  });
});
