// Runs as a table: what is kept of their metrics, in which order they come page by page, which match; several cancelled.

import { beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Database } from '@gradstream/data';
import { Attempts, RunUpdates, Runs, type ClaimedAttempt } from '@gradstream/domain';
import { Gradstream, type RunTableOptions } from '@gradstream/sdk';
import { sql } from 'kysely';
import { useApi } from '../support/app.js';
import { storeCheckpoint } from '../support/checkpoints.js';
import { newProject, type TestProject } from '../support/projects.js';
import { frameOf, readyDataset, specOf } from '../support/runs.js';

jest.setTimeout(30_000);

const api = useApi();
let project: TestProject;
let client: Gradstream;
let dataset = '';

beforeAll(async () => {
  project = await newProject(api);
  client = new Gradstream({ url: api.url, apiKey: project.apiKey });
  dataset = await readyDataset(api, project.principal);
});

/** A run that a worker has taken on and that has told of losses, step by step. */
async function trained(name: string, losses: readonly number[]): Promise<ClaimedAttempt> {
  const { id } = await api.app.get(Runs).create(project.principal, specOf(dataset, { name }));
  const claim = await api.app.get(Attempts).claim(id, 'w1');
  if (!claim) throw new Error('the run was not claimed');
  await tell(claim, losses);
  return claim;
}

async function tell(claim: ClaimedAttempt, losses: readonly number[], from = 0): Promise<void> {
  const attempts = api.app.get(Attempts);
  const frames = losses.map((loss, index) => frameOf(from + index + 1, { loss }));
  await attempts.appendFrames(claim, frames, await attempts.position(claim));
}

const summaryOf = async (id: string) => (await client.runs.table({ ids: id })).data[0]?.summary['loss'];

/** Names on all pages of so many rows. */
async function namesOf(options: RunTableOptions, limit = 2): Promise<string[]> {
  const names: string[] = [];
  for (let after: string | undefined; ;) {
    const page = await client.runs.table({ ...options, limit, ...(after === undefined ? {} : { after }) });
    names.push(...page.data.map(({ name }) => name));
    if (page.nextCursor === null) return names;
    after = page.nextCursor;
  }
}

describe('order', () => {
  beforeAll(async () => {
    const losses = {
      a: [3, 1],
      b: [2],
      c: [2, 2.5],
      d: [Number.NaN],
      e: [],
      f: [Infinity],
      g: [0.5, Number.NaN],
      h: [2],
    };
    for (const [name, values] of Object.entries(losses)) {
      const { runId } = await trained(`sorted ${name}`, values);
      await api.app
        .get(RunUpdates)
        .update(project.principal, runId, { tags: ['sorted', ...(name < 'c' ? ['50%'] : [])] });
    }
  });

  /** By hand: equal values in the order of making, which is that of the letters; NaN and nothing at the end. */
  test.each([
    ['loss.min', 'asc', 'gabchfde'],
    ['loss.min', 'desc', 'fhcbaged'],
    ['loss.max', 'desc', 'fachbged'],
    ['loss.last', 'asc', 'abhcfdeg'],
    ['loss.last', 'desc', 'fchbaged'],
    ['createdAt', 'desc', 'hgfedcba'],
    ['name', 'asc', 'abcdefgh'],
    ['step', 'desc', 'gcahfdbe'],
    ['valLoss.min', 'asc', 'abcdefgh'],
    ['state', 'desc', 'hgfedcba'],
  ] as const)('by %s, %s, on pages of any size', async (sort, order, letters) => {
    const expected = letters.split('').map((letter) => `sorted ${letter}`);
    for (const limit of [1, 3, 100])
      expect(await namesOf({ sort, order, tag: 'sorted' }, limit)).toEqual(expected);
  });

  test('by duration every run comes once, though they go on', async () => {
    const names = await namesOf({ sort: 'duration', tag: 'sorted' });
    expect(names.sort().join('')).toBe('abcdefgh'.replace(/./g, 'sorted $&'));
  });

  test('a cursor is refused in another order', async () => {
    const { nextCursor } = await client.runs.table({ sort: 'loss.min', limit: 1 });
    await expect(client.runs.table({ sort: 'loss.max', after: nextCursor ?? '' })).rejects.toMatchObject({
      code: 'BAD_CURSOR',
    });
  });

  test.each([
    ['createdAt', { key: { number: 1 } }],
    ['loss.min', { key: { text: 'a' } }],
    ['name', { key: { text: 'a' }, asOf: '0000-01-01T00:00:00.000Z' }],
  ])('a made-up cursor for %s is refused: %j', async (sort, changes) => {
    const { nextCursor } = await client.runs.table({ sort, limit: 1 });
    const given = JSON.parse(Buffer.from(nextCursor ?? '', 'base64url').toString()) as object;
    const after = Buffer.from(JSON.stringify({ ...given, ...changes })).toString('base64url');
    await expect(client.runs.table({ sort, after })).rejects.toMatchObject({ code: 'BAD_CURSOR' });
  });

  test('which match, and how many', async () => {
    expect(await client.runs.table({ tag: 'sorted', limit: 1 })).toMatchObject({ total: 8, hasMore: true });
    expect(await namesOf({ tag: ['sorted', '50%'], order: 'asc' })).toEqual(['sorted a', 'sorted b']);
    expect(await namesOf({ search: 'SORTED C' })).toEqual(['sorted c']);
    expect(await namesOf({ search: '0%' })).toEqual(['sorted b', 'sorted a']);
    expect(await namesOf({ search: 'sorted%' })).toEqual([]);
    expect(await namesOf({ search: '_orted' })).toEqual([]);
    expect(await namesOf({ state: 'preparing,queued', search: 'sorted a' })).toEqual(['sorted a']);
    expect(await namesOf({ state: 'failed', tag: 'sorted' })).toEqual([]);
  });

  test('rows are light, and of the own project', async () => {
    const [row] = (await client.runs.table({ search: 'sorted a' })).data;
    expect(row).toMatchObject({
      dataset: { id: dataset, name: 'd' },
      model: { id: null, name: 'Sequential, 2 layers' },
    });
    expect(row).not.toHaveProperty('spec');
    const { apiKey } = await newProject(api);
    const other = new Gradstream({ url: api.url, apiKey });
    expect(await other.runs.table({ ids: row?.id ?? '' })).toMatchObject({ data: [], total: 0 });
    expect(await other.runs.sparklines([row?.id ?? ''])).toEqual([]);
    expect(await other.runs.cancelAll([row?.id ?? ''])).toMatchObject([{ outcome: 'notFound' }]);
  });

  test.each(['loss', '.min', 'loss.mean'])('sorting by %s is refused', async (sort) => {
    await expect(client.runs.table({ sort })).rejects.toMatchObject({ code: 'VALIDATION_FAILED' });
  });
});

test('a rewind takes back what came after its step, of a run of several blocks too', async () => {
  const first = await trained(
    'rewound',
    Array.from({ length: 1500 }, (_, i) => 2000 - i),
  );
  await storeCheckpoint(api, first, { step: 1400, metrics: { loss: 601 } });
  await tell(first, [0.25, 5000], 1500);
  expect(await summaryOf(first.runId)).toEqual({
    min: 0.25,
    minStep: 1501,
    max: 5000,
    maxStep: 1502,
    last: 5000,
  });
  await api.app.get(Attempts).release(first, 'its worker was shut down');
  const second = await api.app.get(Attempts).claim(first.runId, 'w2');
  if (!second) throw new Error('the run was not claimed');
  expect(await summaryOf(first.runId)).toEqual({ min: 601, minStep: 1400, max: 2000, maxStep: 1, last: 601 });
  await tell(second, [600.5], 1400);
  expect(await summaryOf(first.runId)).toMatchObject({ min: 600.5, minStep: 1401, last: 600.5 });
});

test('sparklines keep the ends, the lowest and the highest value', async () => {
  const losses = Array.from({ length: 1000 }, (_, i) => (i === 333 ? 99 : i === 777 ? -9 : 1 / (i + 1)));
  const { runId } = await trained('line', losses);
  const [line] = await client.runs.sparklines([runId], { points: 20 });
  if (!line) throw new Error('the run has a line');
  expect(line.steps).toEqual([...line.steps].sort((a, b) => a - b));
  expect(line.steps.length).toBeLessThanOrEqual(23);
  expect(line.steps.map((step) => losses[step - 1])).toEqual(line.values);
  expect(line.steps).toEqual(expect.arrayContaining([1, 334, 778, 1000]));
});

test('the sparkline of a long run is drawn from its sums, of a rare series too', async () => {
  const claim = await trained('long line', []);
  const attempts = api.app.get(Attempts);
  const steps = 12_000;
  const lossAt = (step: number): number => (step === 4321 ? 99 : step === 7654 ? -9 : 1 / step);
  for (let from = 0; from < steps; from += 2000) {
    const frames = Array.from({ length: 2000 }, (_, i) =>
      frameOf(from + i + 1, { loss: lossAt(from + i + 1) }),
    );
    frames.push(frameOf(from + 2000, { valLoss: from }));
    await attempts.appendFrames(claim, frames, await attempts.position(claim));
  }
  const { runId } = claim;
  const draw = async (series: string) => (await client.runs.sparklines([runId], { series, points: 10 }))[0];
  const [loss, rare] = [await draw('loss'), await draw('valLoss')];
  expect(loss?.steps).toEqual(loss?.steps.toSorted((a, b) => a - b));
  expect(loss?.steps.length).toBeLessThanOrEqual(13);
  expect(loss?.steps.map(lossAt)).toEqual(loss?.values);
  expect(loss?.steps).toEqual(expect.arrayContaining([1, 4321, 7654, steps]));
  expect(rare).toMatchObject({
    steps: [2000, 4000, 6000, 8000, 10_000, steps],
    values: [0, 2000, 4000, 6000, 8000, 10_000],
  });
  // Frames in blocks are not read: without them, it is the same line.
  const database = api.app.get(Database);
  await database.asSystem(() =>
    sql`DELETE FROM run_frames WHERE run_id = ${runId} AND seq <= 11776`.execute(database.query),
  ); // 23 blocks of 512.
  expect([await draw('loss'), await draw('valLoss')]).toEqual([loss, rare]);
});

test('several are cancelled at once, each with what came of it', async () => {
  const { id: queued } = await api.app.get(Runs).create(project.principal, specOf(dataset));
  const { runId: training } = await trained('to be cancelled', [1]);
  const missing = `run_${'0'.repeat(32)}`;
  const ids = [training, missing, queued];
  expect(await client.runs.cancelAll(ids)).toEqual([
    { id: training, outcome: 'requested', state: 'preparing' },
    { id: missing, outcome: 'notFound', state: null },
    { id: queued, outcome: 'cancelled', state: 'cancelled' },
  ]);
  expect(await client.runs.cancelAll([queued])).toEqual([
    { id: queued, outcome: 'finished', state: 'cancelled' },
  ]);
  expect((await client.runs.get(training)).cancelRequested).toBe(true);
});

describe('GraphQL', () => {
  /** Data, or the codes of its errors. */
  async function graphql(query: string, variables: object, key = project.apiKey): Promise<unknown> {
    const { body } = await api.call('POST', '/graphql', { body: { query, variables }, key });
    const { data, errors } = body as {
      data: Record<string, unknown>;
      errors?: readonly { extensions: { code: string } }[];
    };
    return errors ? errors.map(({ extensions }) => extensions.code) : data;
  }
  const TABLE = `query ($tags: [String!], $states: [RunState!], $sort: String, $order: RunTableOrder, $first: Int, $after: Cursor) {
    runTable(tags: $tags, states: $states, sort: $sort, order: $order, first: $first, after: $after) {
      nodes {
        id name state tags step totalSteps epoch attempt createdAt startedAt finishedAt failure pauseRequested
        cancelRequested dataset { id name } model { id name } summary { series min minStep max maxStep last }
      }
      totalCount hasNextPage endCursor
    }
  }`;

  test('has the same rows, filters, orders and pages', async () => {
    const query: RunTableOptions = {
      tag: ['sorted', '50%'],
      state: 'preparing',
      sort: 'loss.min',
      order: 'asc',
      limit: 1,
    };
    const first = await client.runs.table(query);
    const variables = {
      tags: ['sorted', '50%'],
      states: ['preparing'],
      sort: 'loss.min',
      order: 'asc',
      first: 1,
    };
    const rowsOf = ({ data }: typeof first): object[] =>
      data.map(({ summary, ...row }) => ({
        ...row,
        summary: Object.entries(summary).map(([series, values]) => ({ series, ...values })),
      }));
    const { total: totalCount, nextCursor } = first;
    expect(await graphql(TABLE, variables)).toMatchObject({
      runTable: { nodes: rowsOf(first), totalCount, hasNextPage: true },
    });
    const rest = await client.runs.table({ ...query, after: nextCursor ?? '' });
    expect(await graphql(TABLE, { ...variables, after: nextCursor })).toEqual({
      runTable: { nodes: rowsOf(rest), totalCount: 2, hasNextPage: false, endCursor: null },
    });
    expect(await graphql(TABLE, { sort: 'loss.mean' })).toEqual(['VALIDATION_FAILED']);
  });

  test('draws lines and cancels, in the own project alone', async () => {
    const { runId } = await trained('by GraphQL', [3, 2, 1]);
    const lines = 'query ($ids: [ID!]!) { sparklines(ids: $ids, points: 2) { id steps values } }';
    const stop =
      'mutation ($ids: [ID!]!) { cancelRuns(input: { ids: $ids }) { outcomes { id outcome state } problem { code } } }';
    const { apiKey } = await newProject(api);
    const outcome = (of: object): object => ({
      cancelRuns: { outcomes: [{ id: runId, ...of }], problem: null },
    });
    expect(await graphql(lines, { ids: [runId] }, apiKey)).toEqual({ sparklines: [] });
    expect(await graphql(stop, { ids: [runId] }, apiKey)).toEqual(
      outcome({ outcome: 'notFound', state: null }),
    );
    expect(await graphql(lines, { ids: [runId] })).toEqual({
      sparklines: await client.runs.sparklines([runId], { points: 2 }),
    });
    expect(await graphql(stop, { ids: [runId] })).toEqual(
      outcome({ outcome: 'requested', state: 'preparing' }),
    );
    expect(await graphql(stop, { ids: [] })).toMatchObject({
      cancelRuns: { outcomes: null, problem: { code: 'VALIDATION_FAILED' } },
    });
  });
});
