// Runs for tests that play the worker's part themselves: a small dataset that is ready, and attempts that were claimed.

import { createDatasetSchema, createRunSchema, type CreateRun, type NewFrame } from '@gradstream/contracts';
import { Database } from '@gradstream/data';
import { Attempts, Datasets, Runs, type ClaimedAttempt, type Principal } from '@gradstream/domain';
import { sql } from 'kysely';
import type { TestApi } from './app.js';
import { playCheck } from './checks.js';

/** Softmax over two inputs and two classes: 2 × 2 weights and 2 biases. */
export const definition = {
  class_name: 'Sequential',
  config: {
    layers: [
      { class_name: 'InputLayer', config: { batch_shape: [null, 2] } },
      { class_name: 'Dense', config: { name: 'out', units: 2, activation: 'softmax' } },
    ],
  },
};

/** A dataset of twenty rows of a, b and y whose check was played, for no worker runs; returns its id. */
export async function readyDataset(api: TestApi, principal: Principal = api.principal): Promise<string> {
  const rows = Array.from({ length: 20 }, (_, i) => [i, i % 3, i % 2]);
  const datasets = api.app.get(Datasets);
  const input = createDatasetSchema.parse({ name: 'd', columns: ['a', 'b', 'y'], rows });
  const { id } = await datasets.create(principal, input);
  await playCheck(api, id);
  return id;
}

/** The posted form of a run that fits the dataset. */
export const specFor = (dataset: string, changes: object = {}): object => ({
  dataset,
  model: definition,
  inputs: [{ columns: ['a', 'b'] }],
  target: { column: 'y', task: 'classification' },
  loss: 'sparseCategoricalCrossentropy',
  ...changes,
});

/** The same with all defaults. */
export const specOf = (dataset: string, changes: object = {}): CreateRun =>
  createRunSchema.parse(specFor(dataset, changes));

/** A new run that a worker has taken on. */
export async function claimedRun(
  api: TestApi,
  dataset: string,
  { worker = 'w1', ...changes }: { readonly worker?: string; readonly telemetry?: object } = {},
): Promise<ClaimedAttempt> {
  const { id } = await api.app.get(Runs).create(api.principal, specOf(dataset, changes));
  const claim = await api.app.get(Attempts).claim(id, worker);
  if (!claim) throw new Error('the run was not claimed');
  return claim;
}

/** A metrics frame of a step. */
export const frameOf = (
  step: number,
  values: Readonly<Record<string, number>> = { loss: step },
): NewFrame => ({
  kind: 'metrics',
  step,
  epoch: 1,
  time: new Date().toISOString(),
  series: Object.keys(values),
  values: Object.values(values),
  event: null,
});

/** Makes an attempt look as if its worker had not been heard of for a minute. */
export async function silence(api: TestApi, runId: string): Promise<void> {
  const database = api.app.get(Database);
  await database.asSystem(() =>
    sql`UPDATE run_attempts SET heartbeat_at = now() - interval '1 minute' WHERE run_id = ${runId}`.execute(
      database.query,
    ),
  );
}
