// The GraphQL schema as a whole: every query, mutation and subscription, found from the schema that is served.

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Database } from '@gradstream/data';
import { cursorOf, Models } from '@gradstream/domain';
import { Logger, Telemetry } from '@gradstream/platform';
import {
  buildSchema,
  getNamedType,
  isInputObjectType,
  isNonNullType,
  isObjectType,
  type GraphQLField,
} from 'graphql';
import { sql } from 'kysely';
import { loadTypeDefs } from '../../apps/api/src/graphql/typeDefs.js';
import { startApi, type TestApi } from '../support/app.js';
import { newProject, populate, type Ids, type TestProject } from '../support/projects.js';
import { definition, specFor } from '../support/runs.js';
import { init, subscribe, talk } from '../support/socket.js';

type Field = GraphQLField<unknown, unknown>;
const schema = buildSchema(loadTypeDefs());
const fieldsOf = (type: 'Query' | 'Mutation' | 'Subscription'): Field[] => {
  const found = schema.getType(type);
  if (!isObjectType(found)) throw new Error(`the schema has no ${type}`);
  return Object.values(found.getFields());
};
const has = ({ args }: Field, name: string): boolean => args.some((arg) => arg.name === name);

/** The noun that a field is about, from its name. */
function nounOf(name: string): keyof Ids {
  const nouns = ['apiKeys', 'checkpoints', 'datasets', 'models', 'runs'] as const;
  const noun = nouns.find((each) => name.toLowerCase().includes(each.slice(0, -1).toLowerCase()));
  if (!noun) throw new Error(`no test knows what ${name} is about: add it to populate()`);
  return noun;
}

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

const missing = (id: string): string => id.replace(/_.*/, `_${'0'.repeat(32)}`);

/** An operation's answer. */
async function graphql(
  query: string,
  variables: object = {},
  key = api.apiKey,
): Promise<Record<string, unknown>> {
  return (await api.call('POST', '/graphql', { body: { query, variables }, key })).body;
}
/** The data of an operation that has no errors. */
async function dataOf(
  query: string,
  variables: object = {},
  key = api.apiKey,
): Promise<Record<string, unknown>> {
  const { data, errors } = await graphql(query, variables, key);
  expect(errors).toBeUndefined();
  return data as Record<string, unknown>;
}
/** What was said of an id, without the id and what differs from request to request. */
const anonymous = (answer: unknown, id: string): string =>
  JSON.stringify(answer)
    .replaceAll(id, '{id}')
    .replace(/"requestId":"[^"]+"/g, '');

const PROBLEM = 'problem { code title detail errors { pointer code message hint } }';
const queries = fieldsOf('Query').filter((field) => has(field, 'id'));
const connections = fieldsOf('Query').filter((field) => has(field, 'first'));
const mutations = fieldsOf('Mutation');
const inputOf = ({ args }: Field) => {
  const type = args[0] && getNamedType(args[0].type);
  return isInputObjectType(type) ? type : undefined;
};
const mutationsOfId = mutations.filter((field) => inputOf(field)?.getFields()['id']);
const subscriptions = fieldsOf('Subscription');

describe('ids', () => {
  test('every field is covered by one of these tests', () => {
    expect(queries.length).toBeGreaterThanOrEqual(8);
    const queried = new Set([...queries, ...connections].map(({ name }) => name));
    const rest = fieldsOf('Query').filter(({ name }) => !queried.has(name));
    const elsewhere = ['predict', 'sparklines']; // predictions.test.ts, runTable.test.ts
    const ofNoResource = ['currentApiKey', 'runSchema', 'modelSchema', 'validateModel', 'validateRun'];
    expect(rest.map(({ name }) => name).sort()).toEqual([...elsewhere, ...ofNoResource].sort());
    const made = mutations.filter((field) => !mutationsOfId.includes(field));
    expect(made.map(({ name }) => name).sort()).toEqual([
      'cancelRuns', // runTable.test.ts
      'createApiKey',
      'createDataset',
      'createModel',
      'createRun',
    ]);
    for (const field of subscriptions) expect(has(field, 'runId')).toBe(true);
  });

  test.each(queries.map(({ name }) => name))(
    "query %s: another project's is as a missing one",
    async (name) => {
      const id = theirs[nounOf(name)];
      const text = `query ($id: ID!) { ${name}(id: $id) { __typename } }`;
      const [foreign, none] = await Promise.all([graphql(text, { id }), graphql(text, { id: missing(id) })]);
      expect(foreign).toEqual(none);
      expect(foreign).toEqual({ data: { [name]: null } });
      // A dataset that was not uploaded in parts has none to go on with.
      const { data, errors } = await graphql(text, { id }, other.apiKey);
      if (name === 'datasetUpload')
        expect(errors).toMatchObject([{ extensions: { code: 'UPLOAD_INCOMPLETE' } }]);
      else expect((data as Record<string, unknown>)[name]).not.toBeNull();
    },
  );

  test.each(mutationsOfId.map((field) => [field.name, inputOf(field)?.name ?? ''] as const))(
    "mutation %s: another project's is as a missing one",
    async (name, input) => {
      const id = theirs[nounOf(name)];
      const text = `mutation ($input: ${input}!) { ${name}(input: $input) { ${PROBLEM} } }`;
      const foreign = anonymous(await dataOf(text, { input: { id } }), id);
      expect(foreign).toBe(anonymous(await dataOf(text, { input: { id: missing(id) } }), missing(id)));
      expect(foreign).toContain('"NOT_FOUND"');
    },
  );

  test.each(subscriptions.map(({ name }) => name))(
    "subscription %s: another project's is as a missing one",
    async (name) => {
      const text = `subscription ($runId: ID!) { ${name}(runId: $runId) { done } }`;
      const ask = async (runId: string, key = api.apiKey): Promise<string> => {
        const { heard } = await talk(api.url, [init(key), subscribe(text, { runId })]);
        return anonymous(heard, runId);
      };
      const foreign = await ask(theirs.runs);
      expect(foreign).toBe(await ask(missing(theirs.runs)));
      expect(foreign).toContain('"NOT_FOUND"');
      // Its own project's first batch, of which more may follow.
      expect(await ask(theirs.runs, other.apiKey)).toMatch(/"done":(true|false)/);
    },
  );

  test("a run of another project's dataset and model is as one of missing ones", async () => {
    const text = `query ($input: CreateRunInput!) { validateRun(input: $input) { ok problems { pointer code message hint } } }`;
    const ask = async (dataset: string, model: string): Promise<string> => {
      const data = await dataOf(text, { input: { spec: specFor(dataset, { model }) } });
      return anonymous(data, dataset).replaceAll(model, '{id}');
    };
    const foreign = await ask(theirs.datasets, theirs.models);
    expect(foreign).toBe(await ask(missing(theirs.datasets), missing(theirs.models)));
    expect(foreign).toContain('"pointer":"/dataset"');
    expect(foreign).toContain('"pointer":"/model"');
  });
});

describe('connections', () => {
  const PAGE =
    'edges { cursor node { id } } nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }';
  interface Page {
    readonly edges: { cursor: string; node: { id: string } }[];
    readonly nodes: { id: string }[];
    readonly pageInfo: {
      hasNextPage: boolean;
      hasPreviousPage: boolean;
      startCursor: string;
      endCursor: string;
    };
  }

  test('pages follow each other by any cursor, as the Relay specification says', async () => {
    const names = Array.from({ length: 5 }, (_, i) => `page ${i}`);
    for (const name of names) {
      await dataOf(
        `mutation ($input: CreateModelInput!) { createModel(input: $input) { ${PROBLEM} } }`,
        { input: { name, definition } },
        other.apiKey,
      );
    }
    const ask = async (page: string): Promise<Page> =>
      (await dataOf(`{ models(${page}) { ${PAGE} } }`, {}, other.apiKey))['models'] as Page;
    const all = await ask('first: 100');
    expect(all.nodes).toHaveLength(6); // Five and the one that was there.
    const ids: string[] = [];
    for (let after: string | null = null; ;) {
      const { edges, nodes, pageInfo }: Page = await ask(
        `first: 4${after === null ? '' : `, after: "${after}"`}`,
      );
      expect(edges.map(({ node }) => node)).toEqual(nodes);
      expect(pageInfo.hasPreviousPage).toBe(after !== null);
      expect([pageInfo.startCursor, pageInfo.endCursor]).toEqual([edges[0]?.cursor, edges.at(-1)?.cursor]);
      ids.push(...nodes.map(({ id }) => id));
      if (!pageInfo.hasNextPage) break;
      after = pageInfo.endCursor;
    }
    expect(ids).toEqual(all.nodes.map(({ id }) => id));
    const middle = all.edges[2]?.cursor ?? '';
    expect((await ask(`first: 2, after: "${middle}"`)).nodes).toEqual(all.nodes.slice(3, 5));
    const end = await ask(`first: 2, after: "${all.pageInfo.endCursor}"`);
    expect(end).toMatchObject({
      edges: [],
      pageInfo: { hasNextPage: false, startCursor: null, endCursor: null },
    });
  });

  test.each(connections.map(({ name }) => name))('%s: limits and cursors', async (name) => {
    const codeOf = async (page: string): Promise<unknown> => {
      const { errors } = await graphql(`{ ${name}(${page}) { nodes { id } } }`);
      return (errors as { extensions: { code: string } }[] | undefined)?.[0]?.extensions.code;
    };
    expect(await codeOf('first: 100')).toBeUndefined();
    expect(await codeOf('first: 0')).toBe('VALIDATION_FAILED');
    expect(await codeOf('first: 101')).toBe('VALIDATION_FAILED');
    expect(await codeOf('first: "abc"')).toBe('GRAPHQL_INVALID');
    const noun = nounOf(name);
    const otherNoun = noun === 'models' ? 'runs' : 'models';
    for (const cursor of [
      'garbage',
      cursorOf({ noun: otherNoun, owner: api.principal.projectId }, mine[otherNoun]),
      cursorOf({ noun, owner: other.principal.projectId }, theirs[noun]),
    ])
      expect(await codeOf(`after: "${cursor}"`)).toBe('BAD_CURSOR');
  });
});

describe('mutations', () => {
  test.each(mutations.map((field) => [field.name, field] as const))(
    '%s takes one input and answers expected failures as a result',
    (_, field) => {
      expect(field.args.map(({ name }) => name)).toEqual(['input']);
      expect(isNonNullType(field.args[0]?.type)).toBe(true);
      expect(inputOf(field)).toBeDefined();
      const payload = getNamedType(field.type);
      expect(isObjectType(payload) && payload.getFields()['problem']?.type.toString()).toBe('Problem');
    },
  );

  test.each([
    ['createApiKey', { name: ' ', scopes: [] }],
    ['createDataset', { name: 'd', columns: ['a'], rows: [[1, 2]] }],
    ['createModel', { name: 'm', definition: {} }],
    ['createRun', { spec: { epochs: 0 } }],
    ['createRun', { spec: 1 }],
  ])('%s with a bad input names the place', async (name, input) => {
    const type = `${name[0]?.toUpperCase() ?? ''}${name.slice(1)}Input`;
    const { errors, data } = await graphql(
      `mutation ($input: ${type}!) { ${name}(input: $input) { ${PROBLEM} } }`,
      { input },
    );
    if (errors) throw new Error(JSON.stringify(errors));
    const payload = (data as Record<string, { problem: { code: string; errors: unknown[] } }>)[name];
    expect(payload?.problem.code).toMatch(/^(VALIDATION_FAILED|MODEL_INVALID)$/);
    expect(payload?.problem.errors.length).toBeGreaterThan(0);
  });
});

test('the schemas for editors and the key itself are as over REST', async () => {
  const key = await api.call('GET', '/v1/apiKeys/current');
  const schemas = await Promise.all(['run', 'model'].map((noun) => api.call('GET', `/v1/schemas/${noun}`)));
  const data = await dataOf(
    '{ runSchema modelSchema currentApiKey { id name prefix scopes createdAt expiresAt project { id name } } }',
  );
  expect([data['runSchema'], data['modelSchema']]).toEqual(schemas.map(({ body }) => body));
  expect(key.body).toMatchObject(data['currentApiKey'] as object);
});

test('models are checked and summarised as over REST', async () => {
  const summary = {
    layers: [{ name: 'out', parameterCount: 6 }],
    parameters: { total: 6, trainable: 6, frozen: 0 },
  };
  const SUMMARY = 'layers { name parameterCount } parameters { total trainable frozen }';
  expect(
    await dataOf(`query ($id: ID!) { modelSummary(id: $id) { ${SUMMARY} } }`, { id: mine.models }),
  ).toEqual({
    modelSummary: summary,
  });
  const check = `query ($input: CreateModelInput!) { validateModel(input: $input) { ok problems { pointer } summary { ${SUMMARY} } } }`;
  expect(await dataOf(check, { input: { name: 'm', definition } })).toEqual({
    validateModel: { ok: true, problems: [], summary },
  });
  const more =
    'warnings { pointer } memory { weights slots total } summary { frozenLayers flops { forward training } }';
  const verdict = `query ($input: CreateModelInput!) { validateModel(input: $input) { ${more} } }`;
  const input = { name: 'm', definition };
  const { body } = await api.call('POST', '/v1/models/validate', { body: input });
  expect({ validateModel: body }).toMatchObject(await dataOf(verdict, { input }));
  expect(await dataOf(check, { input: { name: 'm', definition: { class_name: 'Magic' } } })).toMatchObject({
    validateModel: {
      ok: false,
      summary: null,
      problems: expect.arrayContaining([{ pointer: '/definition/class_name' }]),
    },
  });
});

test('a stored row that does not parse is our fault: logged and counted under the request id, wherever it is asked for', async () => {
  const { id } = await api.app.get(Models).create(api.principal, { name: 'broken', definition });
  const database = api.app.get(Database);
  await database.asSystem(() =>
    sql`UPDATE models SET summary = '{}' WHERE id = ${id}`.execute(database.query),
  );
  const logged = jest.spyOn(api.app.get(Logger).log, 'error');
  const counted = jest.spyOn(api.app.get(Telemetry).errors, 'inc');
  const { status, body } = await api.call('GET', `/v1/models/${id}`);
  expect([status, body['code'], body['errors']]).toEqual([500, 'INTERNAL', []]);
  const text = `{ model(id: "${id}") { id } }`;
  const { errors } = await graphql(text);
  const { answer } = await talk(api.url, [init(api.apiKey), subscribe(text)]);
  await database.asSystem(() => sql`DELETE FROM models WHERE id = ${id}`.execute(database.query));
  const wire = answer as { payload: { errors: unknown } };
  const [http, socket] = [errors, wire.payload.errors].map((list) => {
    const [first] = list as { extensions: { code: string; requestId: string } }[];
    return first?.extensions;
  });
  expect([http?.code, socket?.code]).toEqual(['INTERNAL', 'INTERNAL']);
  const ids = [body['requestId'], http?.requestId, socket?.requestId];
  expect(new Set(ids).size).toBe(3);
  const lines = logged.mock.calls.map(([fields]) => fields);
  expect(lines).toEqual(
    ids.map((requestId) => ({ requestId, err: expect.objectContaining({ name: 'ZodError' }) })),
  );
  expect(counted.mock.calls).toEqual(ids.map(() => [{ code: 'INTERNAL' }]));
  jest.restoreAllMocks();
});
