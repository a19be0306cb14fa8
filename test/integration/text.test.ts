// Text that Postgres does not take: U+0000, and half of a surrogate pair inside JSON.

import { describe, expect, jest, test } from '@jest/globals';
import { Attempts, DatasetChecks, Datasets, Runs } from '@gradstream/domain';
import { useApi } from '../support/app.js';
import { claimCheck } from '../support/checks.js';
import { claimedRun, definition, readyDataset } from '../support/runs.js';

jest.setTimeout(30_000);

const api = useApi();

describe('requests with such text are refused, with the place', () => {
  const half = '\ud83d';
  const named = (name: string): object => ({ ...definition, config: { ...definition.config, name } });
  const table = { name: 'd', columns: ['a'], rows: [[1]] };
  test.each([
    ['a name', '/v1/models', { name: 'a\0b', definition }, '/name'],
    ['a definition', '/v1/models', { name: 'm', definition: named(half) }, '/definition'],
    ['a column', '/v1/datasets', { ...table, columns: [`a${half}`] }, '/columns/0'],
    ['a cell', '/v1/datasets', { ...table, rows: [['a\0']] }, '/rows/0/0'],
    ['a type of a column', '/v1/datasets', { ...table, columnTypes: { 'a\0': 'numeric' } }, '/columnTypes'],
  ])('%s', async (_, path, body, pointer) => {
    const answer = await api.call('POST', path, { body });
    expect([answer.status, answer.body['code']]).toEqual([422, 'VALIDATION_FAILED']);
    const pointers = (answer.body['errors'] as { pointer: string }[]).map((item) => item.pointer);
    expect(pointers.some((found) => found.startsWith(pointer))).toBe(true);
  });

  test('a cursor', async () => {
    const cursor = Buffer.from(JSON.stringify(['runs', 'run_\0'])).toString('base64url');
    const { body } = await api.call('GET', `/v1/runs?after=${cursor}`);
    expect(body['code']).toBe('BAD_CURSOR');
  });
});

test('a definition of more than 1 MiB is refused', async () => {
  const layers = Array.from({ length: 12 }, () => ({
    class_name: 'Dense',
    config: { name: 'a'.repeat(1e5) },
  }));
  const body = { name: 'm', definition: { class_name: 'Sequential', config: { layers } } };
  const answer = await api.call('POST', '/v1/models', { body });
  expect(answer.body).toMatchObject({ code: 'VALIDATION_FAILED', errors: [{ pointer: '/definition' }] });
});

test("a trainer's last words are stored, whatever they hold", async () => {
  const claimed = await claimedRun(api, await readyDataset(api));
  const said = { code: 'INTERNAL' as const, signal: null, errors: [] };
  const failure = { ...said, message: 'a\0b \\u0000', logTail: ['half \ud83d', 'whole \u{1f600}'] };
  await api.app.get(Attempts).finish(claimed, { state: 'failed', failure });
  const run = await api.app.get(Runs).get(api.principal, claimed.runId);
  // U+FFFD is what Unicode has for a character that cannot be shown.
  const logTail = ['half \ufffd', 'whole \u{1f600}'];
  expect(run.failure).toEqual({ ...said, message: 'a\ufffdb \\u0000', logTail });
});

test("the problems of a dataset's check are stored, whatever they quote", async () => {
  const datasets = api.app.get(Datasets);
  const { id } = await datasets.create(api.principal, { name: 'd', columns: ['a'], rows: [[1]] });
  await api.app
    .get(DatasetChecks)
    .markRejected(await claimCheck(api, id), [{ code: 'x', message: '"\ud83d" \0' }]);
  expect((await datasets.get(api.principal, id)).problems).toEqual([
    { code: 'x', message: '"\ufffd" \ufffd' },
  ]);
});
