// Every route of the OpenAPI document that takes an id or pages a list, found from the document: a new one is covered,
// or makes this fail until its noun is known here.

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { cursorOf, type CursorList } from '@gradstream/domain';
import { controllers } from '../../apps/api/src/controllers.js';
import { createOpenApi } from '../../apps/api/src/openapi/document.js';
import { startApi, type TestApi } from '../support/app.js';
import { newProject, populate, type Ids, type TestProject } from '../support/projects.js';

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly schema: { readonly maximum?: number };
}
interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: unknown;
  readonly responses: Readonly<Record<string, { readonly content?: object }>>;
}

const { paths } = createOpenApi(controllers) as { paths: Record<string, Record<string, Operation>> };
const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
);
const queryOf = ({ parameters = [] }: Operation, name: string): Parameter | undefined =>
  parameters.find((parameter) => parameter.in === 'query' && parameter.name === name);
const withId = operations.filter(({ path }) => path.includes('{'));
const lists = operations.filter(({ operation }) => queryOf(operation, 'limit'));

/** The noun that a path is about. */
function nounOf(path: string): keyof Ids {
  const noun = path.split('/')[2] ?? '';
  if (!Object.hasOwn(mine, noun))
    throw new Error(`no test knows how to make one of /v1/${noun}: add it to populate()`);
  return noun as keyof Ids;
}

jest.setTimeout(30_000);

let api: TestApi;
let other: TestProject;
let mine: Ids;
let theirs: Ids;

beforeAll(async () => {
  api = await startApi();
  other = await newProject(api);
  mine = await populate(api, api.principal);
  theirs = await populate(api, other.principal);
});
afterAll(async () => {
  await api.stop();
});

/** An id of the same form that nobody has. */
const missing = (id: string): string => id.replace(/_.*/, `_${'0'.repeat(32)}`);

/** Operations on an id that take an empty object. */
const EMPTY_BODIES = /\/(retry|fork|complete|\{id\})$/;

test('the document tells in which forms answers come, and what may go wrong with some', () => {
  for (const kind of ['metrics', 'gradients'])
    expect(Object.keys(paths[`/v1/runs/{id}/${kind}`]?.['get']?.responses['200']?.content ?? {})).toEqual([
      'application/json',
      'application/x-ndjson',
      'text/csv',
    ]);
  expect(paths['/v1/checkpoints/{id}/predict']?.['post']?.responses).toMatchObject({ '413': {}, '504': {} });
});

describe('ids', () => {
  test('the document has them', () => {
    expect(withId.length).toBeGreaterThan(15);
    expect(new Set(withId.map(({ path }) => path.split('/')[2]))).toEqual(new Set(Object.keys(mine)));
  });

  test.each(withId.map((item) => [`${item.method} ${item.path}`, item] as const))(
    "%s: another project's is as one that is missing",
    async (_, { method, path, operation }) => {
      const body = path.endsWith('/predict') ? { rows: [[1, 2]] } : {};
      if (operation.requestBody && !EMPTY_BODIES.test(path) && !path.endsWith('/predict'))
        throw new Error('an operation on an id with a body: give this test one');
      const options = operation.requestBody ? { body } : {};
      const theirId = theirs[nounOf(path)];
      const answers = await Promise.all(
        [theirId, missing(theirId)].map(async (id) => {
          const answer = await api.call(method, path.replace('{id}', id), options);
          const { status, headers } = answer;
          const { requestId, instance, ...rest } = answer.body;
          expect(requestId).toBe(headers.get('x-request-id'));
          expect(instance).toBe(path.replace('{id}', id));
          const same = [...headers].filter(([name]) => !['x-request-id', 'date'].includes(name));
          return JSON.stringify([status, same, rest]).replaceAll(id, '{id}');
        }),
      );
      expect(answers[0]).toBe(answers[1]);
      expect(answers[0]).toContain('[404,');
      expect(answers[0]).toContain('"NOT_FOUND"');
    },
  );

  test.each(withId.filter(({ method }) => method === 'GET').map(({ path }) => path))(
    'GET %s: its owner gets it',
    async (path) => {
      const answer = await api.call('GET', path.replace('{id}', theirs[nounOf(path)]), { key: other.apiKey });
      // A dataset that was not uploaded in parts has none to go on with.
      expect(answer.status).toBe(path.endsWith('/upload') ? 409 : 200);
    },
  );
});

describe('lists', () => {
  test('the document has them', () => {
    expect(lists.length).toBeGreaterThan(7);
  });

  /** A list's address in the caller's own project. */
  const addressOf = (path: string, query: string): string =>
    `${path.replace('{id}', path.includes('{') ? mine[nounOf(path)] : '')}?${query}`;

  /** Cursors that were given out for something else: another list, and the same list of another project. */
  async function foreignCursors(path: string): Promise<string[]> {
    const segment = path.split('/').at(-1) ?? '';
    const { projectId } = api.principal;
    const noun = segment === 'models' ? 'datasets' : 'models';
    const ofOtherList = cursorOf({ noun, owner: projectId }, mine[noun]);
    const theirAddress = path.replace('{id}', path.includes('{') ? theirs[nounOf(path)] : '');
    const { body } = await api.call('GET', theirAddress, { key: other.apiKey });
    if (typeof body['cursor'] === 'string') return [ofOtherList, body['cursor']]; // A history.
    const list = segment as CursorList['noun'];
    const owner = path.includes('{') ? theirs[nounOf(path)] : other.principal.projectId;
    return [ofOtherList, cursorOf({ noun: list, owner }, theirs[list])];
  }

  test.each(lists.map((item) => [item.path, item.operation] as const))(
    '%s: limits and cursors',
    async (path, operation) => {
      const maximum = queryOf(operation, 'limit')?.schema.maximum;
      expect([100, 1000]).toContain(maximum);
      for (const limit of [1, maximum]) {
        expect((await api.call('GET', addressOf(path, `limit=${limit ?? ''}`))).status).toBe(200);
      }
      for (const limit of ['0', '-1', '1.5', 'abc', '', String((maximum ?? 0) + 1)]) {
        const { status, body } = await api.call('GET', addressOf(path, `limit=${limit}`));
        expect([limit, status, body['code']]).toEqual([limit, 422, 'VALIDATION_FAILED']);
        expect(body['errors']).toEqual([expect.objectContaining({ pointer: '/limit' })]);
      }
      const nul = Buffer.from('["a","\\u0000"]').toString('base64url');
      for (const after of ['', 'garbage', '%00', nul, ...(await foreignCursors(path))]) {
        const { status, body } = await api.call('GET', addressOf(path, `after=${after}`));
        expect([after, status, body['code']]).toEqual([after, 400, 'BAD_CURSOR']);
      }
      const unknown = await api.call('GET', addressOf(path, 'offset=3'));
      expect(unknown.body['errors']).toEqual([expect.objectContaining({ pointer: '/offset' })]);
    },
  );
});
