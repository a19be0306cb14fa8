// The thin road, as a user walks it: keys, dataset, model, run followed live, weights.

import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { Gradstream, type NewModel, type NewRun } from '@gradstream/sdk';
import { createClient } from 'graphql-ws';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { openSafetensors } from '../support/safetensors.js';
import { startSystem, type System } from '../support/system.js';

jest.setTimeout(180_000);

const example = path.resolve(import.meta.dirname, '../../examples/digits');
const readExample = async <T>(name: string): Promise<T> =>
  JSON.parse(await readFile(path.join(example, name), 'utf8')) as T;

let system: System;
let client: Gradstream;

beforeAll(async () => {
  system = await startSystem();
  client = new Gradstream({ url: system.url, apiKey: system.apiKey });
});

afterAll(async () => {
  await system.stop();
});

/** Uploads the example and makes its model. */
async function prepare(): Promise<{
  dataset: string;
  model: string;
  settings: Omit<NewRun, 'dataset' | 'model'>;
}> {
  const csv = new Uint8Array(await readFile(path.join(example, 'digits.csv')));
  const dataset = await client.datasets.upload('digits', csv);
  expect(dataset.rowCount).toBe(1797); // Alpaydin and Kaynak's test set.
  const definition = await readExample<NewModel['definition']>('model.json');
  const model = await client.models.create({ name: 'digits mlp', definition });
  return { dataset: dataset.id, model: model.id, settings: await readExample('run.json') };
}

describe('the thin road', () => {
  test('keys are made, listed and revoked', async () => {
    const key = await client.keys.create({ name: 'second', scopes: ['read'] });
    expect((await client.keys.list()).data.map((item) => item.id)).toContain(key.id);
    const second = new Gradstream({ url: system.url, apiKey: key.secret });
    await expect(second.models.list()).resolves.toMatchObject({ data: expect.any(Array) });
    await expect(second.keys.create({ name: 'third' })).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await client.keys.revoke(key.id);
    await expect(second.models.list()).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  });

  test('digits train live to 0.96, each step once, and the weights open elsewhere', async () => {
    const { settings, ...ids } = await prepare();
    const run = await client.runs.create({ ...settings, ...ids });
    const steps: number[] = [];
    let valAccuracy = 0;
    for await (const batch of client.runs.follow(run.id)) {
      for (const point of batch.points) {
        if ('loss' in point.values) steps.push(point.step);
        if ('valAccuracy' in point.values) valAccuracy = Number(point.values['valAccuracy']);
      }
    }
    const ended = await client.runs.get(run.id);
    expect(ended.state).toBe('succeeded');
    expect(steps).toEqual(Array.from({ length: ended.totalSteps ?? 0 }, (_, i) => i + 1));
    expect(valAccuracy).toBeGreaterThanOrEqual(0.96);

    const gradients = await client.runs.gradients(run.id, { limit: 5 });
    const norms = Object.entries(gradients.points[0]?.values ?? {});
    expect(norms.length).toBeGreaterThanOrEqual(2);
    for (const [series, value] of norms) {
      expect(series).toMatch(/\/norm$/);
      expect(Number(value)).toBeGreaterThan(0);
    }

    const checkpoints = await client.runs.checkpoints(run.id, { limit: 100 });
    expect(checkpoints.data).toHaveLength(ended.spec.epochs);
    const last = checkpoints.data[0];
    const tensors = openSafetensors(await client.checkpoints.download(last?.id ?? ''));
    const parameters = Object.values(tensors).reduce(
      (sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1),
      0,
    );
    expect(parameters).toBe((await client.models.get(ids.model)).parameterCount);
  });

  test('the plain graphql-ws client follows a run, and a cursor continues without a gap', async () => {
    const { settings, ...ids } = await prepare();
    const run = await client.runs.create({ ...settings, ...ids, epochs: 3, precision: 'bfloat16' });
    const query = `subscription ($runId: ID!, $after: Cursor) {
      runMetrics(runId: $runId, after: $after, series: ["loss"]) { points { seq step } cursor done }
    }`;
    const seen: number[] = [];
    let after: string | null = null;
    for (let done = false, connection = 0; !done; connection++) {
      const socket = createClient({
        url: `${system.url.replace('http', 'ws')}/graphql`,
        connectionParams: { authorization: `Bearer ${system.apiKey}` },
      });
      for await (const { data, errors } of socket.iterate<{
        runMetrics: { points: { seq: number; step: number }[]; cursor: string; done: boolean };
      }>({ query, variables: { runId: run.id, after } })) {
        expect(errors).toBeUndefined();
        if (!data) continue;
        seen.push(...data.runMetrics.points.map((point) => point.step));
        ({ cursor: after, done } = data.runMetrics);
        if (connection < 3 && seen.length > 0) break; // Hang up on purpose.
      }
      await socket.dispose();
    }
    const ended = await client.runs.get(run.id);
    expect(ended.state).toBe('succeeded');
    expect(seen).toEqual(Array.from({ length: ended.totalSteps ?? 0 }, (_, i) => i + 1));
  });

  test('a run is paused while it trains, rests, and is resumed to its end', async () => {
    const { settings, ...ids } = await prepare();
    const run = await client.runs.create({ ...settings, ...ids, epochs: 40 });
    for await (const batch of client.runs.follow(run.id)) {
      if (batch.points.length === 0) continue;
      expect((await client.runs.pause(run.id)).pauseRequested).toBe(true);
      break;
    }
    for (
      let { state } = await client.runs.get(run.id);
      state !== 'paused';
      { state } = await client.runs.get(run.id)
    )
      expect(['preparing', 'running']).toContain(state);
    expect((await client.runs.resume(run.id)).state).toBe('queued');
    for await (const batch of client.runs.follow(run.id)) if (batch.done) break;
    const ended = await client.runs.get(run.id);
    expect([ended.state, ended.attempt, ended.step]).toEqual(['succeeded', 2, ended.totalSteps]);
    const { series } = await client.runs.sampledMetrics(run.id, 50, 'loss');
    expect([series[0]?.steps[0], series[0]?.steps.at(-1)]).toEqual([1, ended.totalSteps]);
  });

  test('a run is cancelled while it trains', async () => {
    const { settings, ...ids } = await prepare();
    const run = await client.runs.create({ ...settings, ...ids, epochs: 5000 });
    for await (const batch of client.runs.follow(run.id)) {
      if (batch.points.length > 0) {
        await client.runs.cancel(run.id);
        break;
      }
    }
    for await (const batch of client.runs.follow(run.id)) if (batch.done) break;
    expect((await client.runs.get(run.id)).state).toBe('cancelled');
    await expect(client.runs.cancel(run.id)).rejects.toMatchObject({ code: 'RUN_FINISHED' });
  });

  test('bad data, models and specs are refused with the place', async () => {
    const ragged = new TextEncoder().encode('a,b,y\n1,2,0\n1,2\n1,3,1\n');
    await expect(client.datasets.upload('ragged', ragged)).rejects.toMatchObject({
      code: 'DATASET_REJECTED',
      errors: [expect.objectContaining({ line: 3 })],
    });
    const { settings, ...ids } = await prepare();
    const target = { column: 'nope', task: 'classification' as const };
    await expect(client.runs.create({ ...settings, ...ids, target })).rejects.toMatchObject({
      code: 'RUN_INVALID',
      errors: expect.arrayContaining([expect.objectContaining({ pointer: '/target/column' })]),
    });
    await expect(client.runs.create({ ...settings, ...ids, loss: 'hinge' })).rejects.toMatchObject({
      code: 'RUN_INVALID',
      errors: expect.arrayContaining([
        expect.objectContaining({ pointer: expect.stringContaining('/loss') }),
      ]),
    });
  });
});
