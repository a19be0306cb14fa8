// A run's history in a few points; the worker's part is played. Expected points are found by
// looking at every value that was told.

import { describe, expect, jest, test } from '@jest/globals';
import { fromWireNumber, type MetricBatch, type MetricSamples, type NewFrame } from '@gradstream/contracts';
import { BLOCK, Database, RollupRepository, RunRepository } from '@gradstream/data';
import { Attempts } from '@gradstream/domain';
import { Gradstream } from '@gradstream/sdk';
import { sql } from 'kysely';
import { AsyncResource } from 'node:async_hooks';
import { useApi } from '../support/app.js';
import { storeCheckpoint } from '../support/checkpoints.js';
import { claimedRun, frameOf, readyDataset } from '../support/runs.js';
import { append, lossAt, tell } from '../support/told.js';

jest.setTimeout(60_000);

let dataset = '';
const api = useApi(async (started) => {
  dataset = await readyDataset(started);
});

const attempts = (): Attempts => api.app.get(Attempts);

async function sample(runId: string, query: string): Promise<Map<string, [number, number][]>> {
  const { status, body } = await api.call('GET', `/v1/runs/${runId}/metrics?${query}`);
  expect(status).toBe(200);
  const { series } = body as unknown as MetricSamples;
  return new Map(
    series.map(({ name, steps, values }) => [
      name,
      steps.map((step, i) => [step, fromWireNumber(values[i] ?? 'NaN')]),
    ]),
  );
}

/** Whether each run of `width` steps is shown with its lowest and highest value. */
function outlined(
  points: readonly [number, number][],
  values: (step: number) => number,
  steps: number,
  width: number,
): void {
  for (let first = 1; first + width <= steps; first += width) {
    const all = Array.from({ length: width }, (_, i) => values(first + i)).filter(
      (value) => !Number.isNaN(value),
    );
    const shown = points.filter(([step]) => step >= first && step < first + width).map(([, value]) => value);
    // A part of the picture may cross the borders of these; what is extreme here by far is shown all the same.
    expect(shown.length).toBeGreaterThan(0);
    if (Math.max(...all) > 1e6) expect(shown).toContain(Math.max(...all));
  }
}

describe('a run in a few points', () => {
  test('a short one is shown as it is, NaN too', async () => {
    const claim = await claimedRun(api, dataset);
    await attempts().started(claim, { totalSteps: 9 });
    const losses = [3, Number.NaN, 1, Infinity];
    const frames = losses.map((loss, i) => frameOf(i + 1, { loss }));
    await attempts().appendFrames(claim, frames, await attempts().position(claim));
    const points = losses.map((loss, i) => [i + 1, loss]);
    expect(await sample(claim.runId, 'points=10')).toEqual(new Map([['loss', points]]));
    expect((await sample(claim.runId, 'points=2')).get('loss')).toEqual([points[0], points[3]]);
    expect(await sample(claim.runId, 'points=10&series=other')).toEqual(new Map());
  });

  test('a long one has exact ends, its extremes, and at most so many points', async () => {
    const claim = await claimedRun(api, dataset);
    await attempts().started(claim, { totalSteps: 20_000 });
    const steps = 12_345;
    await tell(attempts(), claim, 1, steps);
    for (const points of [2, 3, 10, 48, 500]) {
      const found = await sample(claim.runId, `points=${points}`);
      expect([...found.keys()]).toEqual(['loss', 'rate', 'valLoss']);
      const loss = found.get('loss') ?? [];
      expect(loss.length).toBeLessThanOrEqual(points);
      expect([loss[0], loss.at(-1)]).toEqual([
        [1, lossAt(1)],
        [steps, lossAt(steps)],
      ]);
      expect(found.get('valLoss')?.at(0)).toEqual([1000, 1000]);
      expect(found.get('valLoss')?.at(-1)).toEqual([12_000, 12_000]);
      for (const [step, value] of loss) expect(value).toBe(lossAt(step));
      for (const [i, [step]] of loss.entries()) expect(step).toBeGreaterThan(loss[i - 1]?.[0] ?? 0);
      if (points >= 10) {
        const all = Array.from({ length: steps }, (_, i) => lossAt(i + 1)).filter(
          (value) => !Number.isNaN(value),
        );
        const values = loss.map(([, value]) => value);
        expect(values).toEqual(expect.arrayContaining([Math.min(...all), Math.max(...all)]));
      }
      const nanSteps = loss.filter(([, value]) => Number.isNaN(value)).map(([step]) => step);
      if (points >= 48) expect(nanSteps).toEqual([4999, 9999]);
    }
    outlined((await sample(claim.runId, 'points=500&series=loss')).get('loss') ?? [], lossAt, steps, 500);
    expect([...(await sample(claim.runId, 'points=9&series=rate,valLoss')).keys()]).toEqual([
      'rate',
      'valLoss',
    ]);
  });

  test('the means of its parts are those of every number in them', async () => {
    const claim = await claimedRun(api, dataset);
    await attempts().started(claim, { totalSteps: 20_000 });
    await tell(attempts(), claim, 1, 12_345);
    const { body } = await api.call('GET', `/v1/runs/${claim.runId}/metrics?points=60&series=loss`);
    const parts = (body as unknown as MetricSamples).series[0]?.parts;
    if (!parts) throw new Error('a long series has parts');
    expect([parts.firstSteps[0], parts.lastSteps.at(-1)]).toEqual([1, 12_345]);
    expect(parts.firstSteps.length).toBeGreaterThan(15);
    for (const [at, first] of parts.firstSteps.entries()) {
      if (at > 0) expect(first).toBe((parts.lastSteps[at - 1] ?? 0) + 1);
      const numbers = Array.from({ length: (parts.lastSteps[at] ?? 0) - first + 1 }, (_, i) =>
        lossAt(first + i),
      );
      const finite = numbers.filter((value) => !Number.isNaN(value));
      expect(parts.counts[at]).toBe(finite.length);
      const mean = finite.reduce((sum, value) => sum + value, 0) / finite.length;
      expect(Number(parts.means[at]) / mean).toBeCloseTo(1, 10);
    }
  });

  test('numbers whose sum would overflow are told; they have no mean', async () => {
    const claim = await claimedRun(api, dataset);
    await attempts().started(claim, { totalSteps: 20_000 });
    const values = [Number.MAX_VALUE, -Number.MAX_VALUE, Number.MAX_VALUE];
    const valueAt = (step: number): number => values[step % 3] ?? 0;
    await append(
      attempts(),
      claim,
      Array.from({ length: 21_000 }, (_, i) => frameOf(i + 1, { loss: valueAt(i + 1) })),
    );
    const { body } = await api.call('GET', `/v1/runs/${claim.runId}/metrics?points=4`);
    const [loss] = (body as unknown as MetricSamples).series;
    expect(loss?.values).toEqual(expect.arrayContaining([Number.MAX_VALUE, -Number.MAX_VALUE]));
    expect(loss?.parts).toEqual({ firstSteps: [1], lastSteps: [21_000], means: ['NaN'], counts: [0] });
  });

  test('what a later attempt took back is not in it', async () => {
    const first = await claimedRun(api, dataset);
    await attempts().started(first, { totalSteps: 20_000 });
    await tell(attempts(), first, 1, 12_000);
    await storeCheckpoint(api, first, { step: 3000 });
    await attempts().release(first, 'shut down');
    const second = await attempts().claim(first.runId, 'w2');
    if (!second) throw new Error('the run was not claimed');
    expect(second.resumeFrom?.step).toBe(3000);
    const before = (await sample(first.runId, 'points=200')).get('loss') ?? [];
    expect(before.at(-1)).toEqual([3000, lossAt(3000)]);
    await tell(attempts(), second, 3001, 9000);
    const loss = (await sample(first.runId, 'points=200')).get('loss') ?? [];
    expect(loss.at(-1)).toEqual([9000, lossAt(9000, 2)]);
    for (const [step, value] of loss) expect(value).toBe(lossAt(step, step > 3000 ? 2 : 1));
    expect(loss.filter(([step]) => step > 3000).length).toBeGreaterThan(20);
    expect(loss.filter(([step]) => step <= 3000).length).toBeGreaterThan(5);
  });

  test('some steps alone: short parts as they were told, long ones in their extremes', async () => {
    const claim = await claimedRun(api, dataset);
    await attempts().started(claim, { totalSteps: 20_000 });
    await tell(attempts(), claim, 1, 12_345);
    const told = (from: number, to: number): [number, number][] =>
      Array.from({ length: to - from + 1 }, (_, i) => [from + i, lossAt(from + i)]);
    // In the middle; at the end, which is not summed up; and one step.
    for (const [from, to] of [
      [6000, 8000],
      [12_200, 12_345],
      [77, 77],
    ] as const)
      expect(
        (await sample(claim.runId, `points=5000&series=loss&fromStep=${from}&toStep=${to}`)).get('loss'),
      ).toEqual(told(from, to));
    const all = await sample(claim.runId, 'points=10000&fromStep=900&toStep=3100');
    expect([...all.keys()]).toEqual(['loss', 'rate', 'valLoss']);
    expect(all.get('valLoss')).toEqual([
      [1000, 1000],
      [2000, 2000],
      [3000, 3000],
    ]);
    expect(await sample(claim.runId, 'points=10&fromStep=20000')).toEqual(new Map());
    // 12,001 steps fill 47 blocks.
    const long = (await sample(claim.runId, 'points=400&fromStep=101&toStep=12101')).get('loss') ?? [];
    const values = told(101, 12_101).map(([, value]) => value);
    const known = values.filter((value) => !Number.isNaN(value));
    expect(long.length).toBeLessThanOrEqual(400);
    expect(long.length).toBeGreaterThan(80);
    expect(
      long.every(([step, value]) => step >= 101 && step <= 12_101 && Object.is(value, lossAt(step))),
    ).toBe(true);
    expect(long.map(([, value]) => value)).toEqual(
      expect.arrayContaining([Math.min(...known), Math.max(...known)]),
    );
    const client = new Gradstream({ url: api.url, apiKey: api.apiKey });
    const part = await client.runs.sampledSteps(claim.runId, { fromStep: 5000, toStep: 5002, points: 10 });
    expect(part.clock.steps).toEqual(expect.arrayContaining([5000, 5001, 5002]));
  });

  test.each([
    ['fromStep=1', '/fromStep'],
    ['points=9&fromStep=-1', '/fromStep'],
    ['points=9&fromStep=5&toStep=4', '/toStep'],
  ])('%s is refused', async (query, pointer) => {
    const { runId } = await claimedRun(api, dataset);
    const { body } = await api.call('GET', `/v1/runs/${runId}/metrics?${query}`);
    expect(body['errors']).toEqual([expect.objectContaining({ pointer })]);
  });
  /** Rollups of a run, read as the system. */
  const asSystem = <T>(read: (rollups: RollupRepository) => Promise<T>): Promise<T> =>
    api.app.get(Database).asSystem(() => read(api.app.get(RollupRepository)));

  test('after a rewind every block is summed up, of what is left in it', async () => {
    const first = await claimedRun(api, dataset);
    await attempts().started(first, { totalSteps: 20_000 });
    await tell(attempts(), first, 1, 2000);
    await storeCheckpoint(api, first, { step: 700 });
    await attempts().release(first, 'shut down');
    const second = await attempts().claim(first.runId, 'w2');
    if (!second) throw new Error('the run was not claimed');
    const { projectId } = api.principal;
    const blocks = Math.floor((await attempts().position(second)) / BLOCK);
    expect(await asSystem((rollups) => rollups.missing(projectId, first.runId, blocks))).toEqual([]);
    const all = { width: blocks, series: ['loss'] };
    const [loss] = await asSystem((rollups) => rollups.parts(projectId, first.runId, all));
    const left = Array.from({ length: 700 }, (_, i) => lossAt(i + 1));
    expect([loss?.minValue, loss?.maxValue]).toEqual([Math.min(...left), Math.max(...left)]);
  });

  test('blocks without sums are read frame by frame', async () => {
    const claim = await claimedRun(api, dataset);
    await attempts().started(claim, { totalSteps: 20_000 });
    await tell(attempts(), claim, 1, 12_000);
    const whole = await sample(claim.runId, 'points=200');
    const { runId } = claim;
    const database = api.app.get(Database);
    await database.asSystem(() =>
      sql`DELETE FROM run_rollups WHERE run_id = ${runId} AND block IN (0, 7, 8, 30)`.execute(database.query),
    );
    expect(await sample(runId, 'points=200')).toEqual(whole);
  });

  test.each(['metrics', 'gradients'] as const)(
    'what is told of %s while they are read comes after the cursor',
    async (kind) => {
      const claim = await claimedRun(api, dataset);
      await attempts().started(claim, { totalSteps: 20_000 });
      await tell(attempts(), claim, 1, 600);
      // Not in the transaction of the reader, which runs it.
      const tellMore = AsyncResource.bind(() => tell(attempts(), claim, 601, 700));
      const runs = api.app.get(RunRepository);
      const find = runs.find.bind(runs);
      jest.spyOn(runs, 'find').mockImplementationOnce(async (...of) => {
        const found = await find(...of);
        await tellMore();
        return found;
      });
      const at = `/v1/runs/${claim.runId}/${kind}`;
      const { body } = await api.call('GET', `${at}?points=1000`);
      const told = kind === 'metrics' ? (body as unknown as MetricSamples).series[0] : undefined;
      const shown = told?.steps ?? (body as unknown as MetricBatch).points.map(({ step }) => step);
      const rest = await api.call('GET', `${at}?after=${String(body['cursor'])}`);
      const { points } = rest.body as unknown as MetricBatch;
      expect([...shown, ...points.map(({ step }) => step)]).toEqual(
        Array.from({ length: 700 }, (_, i) => i + 1),
      );
    },
  );

  test('its clock tells the epoch and the time of steps all along, as they were told', async () => {
    const claim = await claimedRun(api, dataset);
    await attempts().started(claim, { totalSteps: 3000 });
    const timeOf = (step: number): string => new Date(Date.UTC(2026, 0, 1) + 1000 * step).toISOString();
    const frames = Array.from({ length: 3000 }, (_, i) => ({
      ...frameOf(i + 1, { loss: 1 }),
      epoch: Math.ceil((i + 1) / 100),
      time: timeOf(i + 1),
    }));
    await append(attempts(), claim, frames);
    const { body } = await api.call('GET', `/v1/runs/${claim.runId}/metrics?points=10`);
    const { steps, epochs, times } = (body as unknown as MetricSamples).clock;
    expect(steps.length).toBeGreaterThan(100);
    expect(steps.length).toBeLessThanOrEqual(501);
    expect([steps[0], steps.at(-1)]).toEqual([1, 3000]);
    expect(epochs).toEqual(steps.map((step) => Math.ceil(step / 100)));
    expect(times).toEqual(steps.map(timeOf));
  });

  test('gradients come at a few steps all along, and as many with all statistics', async () => {
    const claim = await claimedRun(api, dataset, {
      telemetry: { gradients: { normsEverySteps: 1, fullEverySteps: 100 } },
    });
    await attempts().started(claim, { totalSteps: 3000 });
    const frames: NewFrame[] = [];
    for (let step = 1; step <= 3000; step++) {
      const full = step % 100 === 0 ? { 'a/zeroFraction': 0.5, 'a/histogram/47': step } : {};
      frames.push(frameOf(step, { loss: 1 }));
      frames.push({ ...frameOf(step, { 'a/norm': step, 'b/norm': 1, ...full }), kind: 'gradients' });
    }
    await append(attempts(), claim, frames);
    const client = new Gradstream({ url: api.url, apiKey: api.apiKey });
    const { points, cursor } = await client.runs.sampledGradients(claim.runId, 20);
    const steps = points.map(({ step }) => step);
    expect(steps).toEqual(steps.toSorted((a, b) => a - b));
    expect([steps[0], steps.at(-1)]).toEqual([1, 3000]);
    for (let at = 1; at < steps.length; at++)
      expect((steps[at] ?? 0) - (steps[at - 1] ?? 0)).toBeLessThanOrEqual(300);
    const full = points.filter(({ layers }) => layers[0]?.histogram);
    expect(full.length).toBeGreaterThanOrEqual(10);
    expect(points.length).toBeLessThanOrEqual(2 * 21);
    for (const { step, layers } of points) expect(layers[0]).toMatchObject({ layer: 'a', norm: step });
    for (const { step, layers } of full) expect(layers[0]?.histogram?.[47]).toBe(step);
    expect((await client.runs.gradients(claim.runId, { after: cursor })).points).toEqual([]);
  });

  test.each(['1', '10001', 'x', '2.5'])('points=%s is refused', async (points) => {
    const { runId } = await claimedRun(api, dataset);
    const { body } = await api.call('GET', `/v1/runs/${runId}/metrics?points=${points}`);
    expect(body['errors']).toEqual([expect.objectContaining({ pointer: '/points' })]);
  });
});
