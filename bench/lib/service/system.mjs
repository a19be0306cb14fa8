// The whole service for a benchmark: services, API and worker of their own in a new folder, of the production build. A
// second API in this process lends what a worker uses, for figures that need no training.

import { ApiKeys } from '@gradstream/domain';
import { loadConfig } from '@gradstream/platform';
import { Gradstream } from '@gradstream/sdk';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createApp } from '../../../apps/api/dist/app.js';
import { interruption } from '../../../tools/lib/interrupt.mjs';
import { root } from '../../../tools/lib/paths.mjs';
import { freePort } from '../../../tools/lib/processes.mjs';

/** @typedef {Awaited<ReturnType<typeof open>>} System */
/** @typedef {() => Promise<unknown>} Stop */

const READY_MS = 60_000;
/** A worker gives its runs back within 20 s. */
const STOP_MS = 30_000;

/** Starts one of our processes; its output is shown when it ends by itself. @returns {Stop} */
function start(/** @type {string} */ name, /** @type {NodeJS.ProcessEnv} */ env) {
  const program = path.join(root, 'apps', name, 'dist', 'main.js');
  const child = spawn(process.execPath, [program], { env, cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (/** @type {Buffer} */ chunk) => (output = (output + chunk.toString()).slice(-4000)));
  let stopping = false;
  child.once('exit', () => {
    if (!stopping && !interruption.aborted) console.error(`the ${name} ended by itself:\n${output}`);
  });
  return async () => {
    stopping = true;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    const hung = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await ended;
    clearTimeout(hung);
  };
}

/** The key of the installation, once the API answers to it. @returns {Promise<string>} */
async function readKey(/** @type {string} */ folder, /** @type {string} */ url) {
  for (const deadline = Date.now() + READY_MS; Date.now() < deadline; await delay(100)) {
    interruption.throwIfAborted();
    const text = await readFile(path.join(folder, 'key.json'), 'utf8').catch(() => null);
    if (text === null) continue;
    const { apiKey } = JSON.parse(text);
    const answer = await fetch(`${url}/v1/runs`, { headers: { authorization: `Bearer ${apiKey}` } });
    if (answer.ok) return apiKey;
  }
  throw new Error(`the API made no key within ${READY_MS / 1000} s`);
}

/** Starts everything; how it is ended is put before `stops`, part by part, whether the rest can be started or not. */
async function open(/** @type {Stop[]} */ stops) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'gradstream-bench-'));
  stops.unshift(() => rm(folder, { recursive: true, force: true }));
  const dataFolder = path.join(folder, 'data');
  process.env.GRADSTREAM_DATA = dataFolder; // Before the tools read it.
  const { up, down } = await import('../../../tools/services/control.mjs');
  const { clusterFolder } = await import('../../../tools/services/definitions.mjs');
  const { serviceEnvironment } = await import('../../../tools/services/settings.mjs');
  const { migrate } = await import('../../../tools/migrate.mjs');
  stops.unshift(down, async () => rm(await clusterFolder(), { recursive: true, force: true }));
  await up();
  const services = await serviceEnvironment();
  await migrate(services.DATABASE_URL);
  const own = { HOST: '127.0.0.1', NODE_ENV: 'production', LOG_LEVEL: 'warn', FIRST_KEY_OUTPUT: 'file' };
  const env = { ...process.env, ...services, ...own, PORT: String(await freePort()) };
  const url = `http://127.0.0.1:${env.PORT}`;
  stops.unshift(start('api', env));
  const apiKey = await readKey(dataFolder, url);
  const config = loadConfig({ ...env, PORT: '0', LOG_LEVEL: 'silent' });
  const app = await createApp(config);
  stops.unshift(() => app.close());
  app.useLogger(false);
  await app.listen(0, '127.0.0.1');
  const principal = await app.get(ApiKeys).authenticate(apiKey);
  const client = new Gradstream({ url, apiKey });
  /** @type {Stop} */
  let stopWorker = async () => undefined;
  stops.unshift(() => stopWorker());
  /** Starts a worker with these settings, in place of the one that runs. */
  const startWorker = async (/** @type {NodeJS.ProcessEnv} */ settings = {}) => {
    await stopWorker();
    stopWorker = start('worker', { ...env, ...settings });
  };
  return { url, apiKey, client, app, principal, config, folder, startWorker, stopWorker: () => stopWorker() };
}

/**
 * Starts everything but a worker, does the work, and ends everything whatever happened. Throws what failed, of the work and of
 * the end; a part that cannot be ended keeps none of the others.
 */
export async function withSystem(/** @type {(system: System) => Promise<unknown>} */ work) {
  /** @type {Stop[]} */
  const stops = [];
  /** @type {unknown[]} */
  const failures = [];
  const attempt = async (/** @type {Stop} */ part) => {
    try {
      await part();
    } catch (error) {
      failures.push(error);
    }
  };
  await attempt(async () => work(await open(stops)));
  for (const stop of stops) await attempt(stop);
  if (failures.length > 1) throw new AggregateError(failures, 'the benchmark failed, and its end as well');
  if (failures.length > 0) throw failures[0];
}
