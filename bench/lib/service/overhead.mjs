// What the service adds to a step: the mlp workload trained by the library alone, through the service, and through it with
// a follower, with the same spec, in turns. All are timed by the times that frames carry: from the first step's to the last
// one's. The worker that is there should keep no trainer warm: it would load one while steps are timed.

import { Database } from '@gradstream/data';
import { Storage } from '@gradstream/platform';
import { sql } from 'kysely';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { trainerEnvironment } from '../../../apps/worker/dist/trainer/environment.js';
import { interruption } from '../../../tools/lib/interrupt.mjs';
import { quantile } from '../../../tools/lib/quantile.mjs';
import { definitionOf } from '../definitions.mjs';
import { workloadOf } from '../workloads.mjs';

/** @typedef {import('./system.mjs').System} System */

/** Batches of the dataset; a shorter epoch than the workload's, for the steps are the same. */
const BATCHES = 100;
/** @typedef {'service' | 'library' | 'followed'} Way */

/** @type {readonly Way[]} */
const ORDER = ['service', 'library', 'followed'];
/** How often the state of a run is asked for that nobody follows. */
const POLL_MS = 500;
const workload = workloadOf('mlp');
const FEATURES = workload.input[0] ?? 0;

/** A table of small numbers and a class. */
function createCsv() {
  const names = Array.from({ length: FEATURES }, (_, i) => `x${i}`);
  const lines = [[...names, 'y'].join(',')];
  for (let row = 0; row < BATCHES * workload.batch; row++) {
    const cells = names.map((_, i) => (row * 31 + i * 17 + ((row * i) % 7)) % 10);
    lines.push([...cells, row % workload.classes].join(','));
  }
  return new Uint8Array(Buffer.from(`${lines.join('\n')}\n`));
}

/** The dataset's files in a folder, as a worker hands them to a trainer. */
async function copyDataset(/** @type {System} */ { app, folder }, /** @type {string} */ id) {
  const target = path.join(folder, 'dataset');
  await mkdir(target);
  const database = app.get(Database);
  const { rows } = await database.asSystem(() =>
    sql`SELECT files FROM datasets WHERE id = ${id}`.execute(database.query),
  );
  const [{ files }] = /** @type {[{ files: { name: string, objectKey: string }[] }]} */ (rows);
  for (const { name, objectKey } of files)
    await app.get(Storage).downloadTo(objectKey, path.join(target, name));
  return target;
}

/** Milliseconds of a step of a run, by its frames: those that come while it trains, or its history. */
async function stepMsOf(/** @type {System} */ { client }, /** @type {string} */ runId) {
  let [first, last, steps] = [Number.NaN, Number.NaN, 0];
  for await (const { points } of client.runs.follow(runId))
    for (const { time, values } of points) {
      if (!('loss' in values)) continue;
      last = Date.parse(time);
      if (steps++ === 0) first = last;
    }
  const { state } = await client.runs.get(runId);
  if (state !== 'succeeded') throw new Error(`${runId} is ${state}`);
  return (last - first) / (steps - 1);
}

/** The same of a run that nobody follows: its history is read when it has ended. */
async function unfollowedStepMsOf(/** @type {System} */ system, /** @type {string} */ runId) {
  const hasEnded = async () => (await system.client.runs.get(runId)).finishedAt !== null;
  while (!(await hasEnded())) await delay(POLL_MS);
  return stepMsOf(system, runId);
}

/** Milliseconds of a step of the library alone, in a process with a trainer's environment. */
async function alone(/** @type {string} */ file) {
  const program = path.join(import.meta.dirname, '../../trainAlone.mjs');
  const env = trainerEnvironment(process.env);
  const child = spawn(process.execPath, [program, file], {
    ...{ env, stdio: ['ignore', 'pipe', 'inherit'], signal: interruption },
  });
  let output = '';
  child.stdout.on('data', (/** @type {Buffer} */ chunk) => (output += chunk.toString()));
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`the library alone ended with ${code}`);
  return /** @type {{ stepMs: number }} */ (JSON.parse(output)).stepMs;
}

/** Rows of the table. @returns {Promise<[string, string][]>} */
export async function measureOverhead(
  /** @type {System} */ system,
  /** @type {{ steps: number, rounds: number }} */ { steps, rounds },
) {
  const { client, config, folder } = system;
  const dataset = await client.datasets.upload('mlp', createCsv());
  const spec = {
    ...{ dataset: dataset.id, model: definitionOf(workload), inputs: [{ all: /** @type {const} */ (true) }] },
    ...{ target: { column: 'y', task: /** @type {const} */ ('classification') }, steps, epochs: 10_000 },
    ...{ loss: { name: 'sparseCategoricalCrossentropy', fromLogits: true }, batchSize: workload.batch },
    split: { train: 0.98, validation: 0.02 },
    checkpoints: { everyEpochs: null },
    telemetry: { gradients: /** @type {const} */ ('everyStep') },
  };
  const create = () => client.runs.create(/** @type {import('@gradstream/sdk').NewRun} */ (spec));
  const datasetFolder = await copyDataset(system, dataset.id);
  const file = path.join(folder, 'alone.json');
  const { spec: stored, id: first } = await create();
  await unfollowedStepMsOf(system, first); // From here on the worker has its copy of the dataset.
  /** @type {Record<Way, () => Promise<number>>} */
  const ways = {
    service: async () => unfollowedStepMsOf(system, (await create()).id),
    library: async () => {
      const { tensorflowDir, worker } = config;
      const workFolder = await mkdtemp(path.join(folder, 'alone-'));
      const given = { spec: stored, datasetFolder, workFolder, tensorflowDir, threads: worker.threads };
      await writeFile(file, JSON.stringify(given));
      return alone(file);
    },
    followed: async () => stepMsOf(system, (await create()).id),
  };
  const turns = [];
  for (let round = 0; round < rounds; round++) {
    const turn = { library: 0, service: 0, followed: 0 };
    // Each way is first, second and third equally often: the machine is faster at some times than at others.
    for (let at = 0; at < ORDER.length; at++) {
      const way = ORDER[(round + at) % ORDER.length] ?? 'library';
      turn[way] = await ways[way]();
    }
    turns.push(turn);
  }
  const median = (/** @type {number[]} */ numbers) => quantile(numbers, 0.5).toFixed(3);
  /** The step through the service, and how many times that of the library it takes. @returns {[string, string]} */
  const row = (/** @type {'service' | 'followed'} */ way, /** @type {string} */ what) => {
    const ratios = turns.map((turn) => turn[way] / turn.library);
    const each = ratios.map((ratio) => ratio.toFixed(2)).join(', ');
    return [what, `${median(turns.map((turn) => turn[way]))} ms, ratio ${median(ratios)} (${each})`];
  };
  return [
    [
      `a step of mlp by the library alone, median of ${rounds} turns of ${steps} steps`,
      `${median(turns.map(({ library }) => library))} ms`,
    ],
    row('service', 'the same through the service, followed by nobody'),
    row('followed', 'the same with one follower'),
  ];
}
