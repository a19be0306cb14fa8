// A run's history as files and at a limited rate, its log, and what becomes of all of it; the worker's part is played.

import { describe, expect, jest, test } from '@jest/globals';
import { type MetricBatch, type MetricPoint, type NewFrame } from '@gradstream/contracts';
import { Database } from '@gradstream/data';
import { Attempts, RunExport, RunFeed, type ClaimedAttempt } from '@gradstream/domain';
import { sql } from 'kysely';
import { useApi } from '../support/app.js';
import { storeCheckpoint } from '../support/checkpoints.js';
import { claimedRun, frameOf, readyDataset } from '../support/runs.js';
import { lossAt, tell } from '../support/told.js';

jest.setTimeout(60_000);

let dataset = '';
const api = useApi(async (started) => {
  dataset = await readyDataset(started);
});

const attempts = (): Attempts => api.app.get(Attempts);

describe('files', () => {
  test('CSV and NDJSON hold all that follows a cursor', async () => {
    const claim = await claimedRun(api, dataset);
    await attempts().started(claim, { totalSteps: 2000 });
    await tell(attempts(), claim, 1, 1500);
    const odd = frameOf(1501, { 'a,"b"': Infinity });
    await attempts().appendFrames(claim, [odd], await attempts().position(claim));
    const at = `/v1/runs/${claim.runId}`;
    const csv = await api.call('GET', `${at}/metrics?format=csv&series=loss,${encodeURIComponent('a,"b"')}`);
    expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    expect(csv.headers.get('content-disposition')).toContain('metrics.csv');
    const [header, ...lines] = String(csv.body['text']).trimEnd().split('\r\n');
    expect(header).toBe('seq,attempt,step,epoch,time,series,value');
    expect(lines.map((line) => line.split(',').slice(5))).toEqual(
      Array.from({ length: 1500 }, (_, i) => ['loss', String(lossAt(i + 1))]),
    );
    const all = String((await api.call('GET', `${at}/metrics?format=csv`)).body['text'])
      .trimEnd()
      .split('\r\n');
    expect(all.at(-1)).toMatch(/,1501,1,.*,"a,""b""",Infinity$/);
    const { cursor } = (await api.call('GET', `${at}/gradients?limit=1000`)).body;
    const rest = await api.call('GET', `${at}/gradients?format=ndjson&after=${String(cursor)}`);
    const points = String(rest.body['text']).trimEnd().split('\n');
    const steps = points.map((line) => (JSON.parse(line) as { step: number }).step);
    expect(steps).toEqual(Array.from({ length: 500 }, (_, i) => 1001 + i));
    const few = await api.call('GET', `${at}/metrics?points=2&series=loss&format=csv`);
    expect(few.body['text']).toBe(
      `series,step,value\r\nloss,1,${lossAt(1)}\r\nloss,1500,${lossAt(1500)}\r\n`,
    );
    const lone = await api.call('GET', `${at}/metrics?points=2&series=valLoss&format=ndjson`);
    expect(lone.body['text']).toBe('{"series":"valLoss","step":1000,"value":1000}\n');
  });
});

test('a file holds the history as it was when it was asked for, though the run goes back and on meanwhile', async () => {
  const first = await claimedRun(api, dataset);
  const { runId } = first;
  await attempts().started(first, { totalSteps: 20_000 });
  await tell(attempts(), first, 1, 1500);
  await storeCheckpoint(api, first, { step: 700 });
  const lines = await api.app
    .get(RunExport)
    .lines(api.principal, runId, { kind: 'metrics', format: 'ndjson', series: ['loss'] });
  let text = '';
  let second: ClaimedAttempt | null = null;
  for await (const part of lines) {
    text += part;
    if (text === '' || second) continue;
    await attempts().release(first, 'shut down');
    second = await attempts().claim(runId, 'w2');
    if (!second) throw new Error('the run was not claimed');
    await tell(attempts(), second, 701, 1400);
  }
  const points = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as MetricPoint);
  expect(points.map(({ step, attempt, values }) => [step, attempt, values['loss']])).toEqual(
    Array.from({ length: 1500 }, (_, i) => [i + 1, 1, lossAt(i + 1)]),
  );
});

describe('a limited rate', () => {
  test('tells the outline of what there was, its end, and a cursor without a gap', async () => {
    const claim = await claimedRun(api, dataset);
    await attempts().started(claim, { totalSteps: 8000 });
    await tell(attempts(), claim, 1, 8000);
    const follow = (maxRateHz: number | null) =>
      api.app.get(RunFeed).followMetrics(api.principal, claim.runId, {
        series: ['loss'],
        maxRateHz,
        signal: AbortSignal.timeout(30_000),
      });
    const slow = follow(0.5);
    const first = (await slow.next()).value as MetricBatch;
    const losses = first.points.flatMap(({ step, values }) =>
      'loss' in values ? [[step, values['loss']]] : [],
    );
    // All was there within the first two seconds, or the rest follows; either way the outline of what is told is exact.
    const last = first.points.at(-1)?.step ?? 0;
    const told = Array.from({ length: last }, (_, i) => lossAt(i + 1)).filter(
      (value) => !Number.isNaN(value),
    );
    expect(losses.length).toBeLessThanOrEqual(4); // The first NaN may be among them.
    expect(losses.map(([, value]) => value)).toEqual(
      expect.arrayContaining([Math.min(...told), Math.max(...told)]),
    );
    await attempts().finish(claim, { state: 'succeeded' });
    let cursor = first.cursor;
    let done = false;
    for await (const batch of slow) ({ cursor, done } = batch);
    expect(done).toBe(true);
    const rest = await api.call('GET', `/v1/runs/${claim.runId}/metrics?after=${cursor}`);
    expect(rest.body).toMatchObject({ points: [], done: true });
    let batches = 0;
    for await (const batch of follow(null)) batches += batch.points.length > 0 ? 1 : 0;
    expect(batches).toBeGreaterThanOrEqual(8);
  });

  test.each(['0', '-1', '0.009', '1e-9', '1001', 'x'])('%s Hz is refused', async (rate) => {
    const { runId } = await claimedRun(api, dataset);
    const { body } = await api.call('GET', `/v1/runs/${runId}/stream?maxRateHz=${rate}`);
    expect(body['errors']).toEqual([expect.objectContaining({ pointer: '/maxRateHz' })]);
  });
});

test('the log is read by cursor, apart from what else happened', async () => {
  const claim = await claimedRun(api, dataset);
  const line = (message: string, step: number): NewFrame => ({
    ...frameOf(step, {}),
    kind: 'event',
    event: { type: 'log', level: 'info', message },
  });
  await attempts().started(claim, { totalSteps: 9 });
  await attempts().appendFrames(
    claim,
    [line('one', 0), frameOf(1), line('two\0', 1)],
    await attempts().position(claim),
  );
  await attempts().finish(claim, { state: 'succeeded' });
  const at = `/v1/runs/${claim.runId}/logs`;
  const first = await api.call('GET', `${at}?limit=1`);
  expect(first.body).toMatchObject({
    lines: [{ message: 'one', step: 0, level: 'info', attempt: 1 }],
    done: false,
  });
  const rest = await api.call('GET', `${at}?after=${String(first.body['cursor'])}`);
  expect(rest.body).toMatchObject({ lines: [{ message: 'two\ufffd', step: 1 }], done: true });
});

test('rollups are kept for blocks that are complete, and go with their run', async () => {
  const claim = await claimedRun(api, dataset);
  await attempts().started(claim, { totalSteps: 2000 });
  await tell(attempts(), claim, 1, 1500);
  await attempts().finish(claim, { state: 'succeeded' });
  const database = api.app.get(Database);
  const count = async (): Promise<number> => {
    const { rows } = await database.asSystem(() =>
      sql<{
        n: number;
      }>`SELECT count(*)::int AS n FROM run_rollups WHERE run_id = ${claim.runId} AND series = ''`.execute(
        database.query,
      ),
    );
    return rows[0]?.n ?? -1;
  };
  expect(await count()).toBe(Math.floor((1500 * 2 + 1 + 3) / 512)); // Two a step, a validation, three events.
  await api.call('DELETE', `/v1/runs/${claim.runId}`);
  expect(await count()).toBe(0);
});

test.each([
  ['all of its frames', sql`false`],
  ['its first one', sql`seq > 1`],
  ['its last one', sql`seq < (SELECT last_seq FROM runs WHERE runs.id = run_id)`],
])('the row of a run stays while it has %s', async (_, gone) => {
  const { runId } = await claimedRun(api, dataset);
  const database = api.app.get(Database);
  const removal = database.asSystem(async () => {
    await sql`DELETE FROM run_frames WHERE run_id = ${runId} AND ${gone}`.execute(database.query);
    await sql`DELETE FROM run_attempts WHERE run_id = ${runId}`.execute(database.query);
    await sql`DELETE FROM runs WHERE id = ${runId}`.execute(database.query);
  });
  await expect(removal).rejects.toMatchObject({
    code: '23503',
    message: expect.stringContaining('has frames'),
  });
  expect((await api.call('GET', `/v1/runs/${runId}`)).status).toBe(200);
});
