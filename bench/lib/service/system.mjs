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
import { root } from '../../../tools/lib/paths.mjs';
import { freePort } from '../../../tools/lib/processes.mjs';

/** @typedef {Awaited<ReturnType<typeof openSystem>>} System */

const READY_MS = 60_000;

/** Starts one of our processes; its output is shown when it ends by itself. */
function start(/** @type {string} */ name, /** @type {NodeJS.ProcessEnv} */ env) {
  const program = path.join(root, 'apps', name, 'dist', 'main.js');
  const child = spawn(process.execPath, [program], { env, cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (/** @type {Buffer} */ chunk) => (output = (output + chunk.toString()).slice(-4000)));
  let stopping = false;
  child.once('exit', () => {
    if (!stopping) console.error(`the ${name} ended by itself:\n${output}`);
  });
  return async () => {
    stopping = true;
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  };
}

/** The key of the installation, once the API answers to it. @returns {Promise<string>} */
async function readKey(/** @type {string} */ folder, /** @type {string} */ url) {
  for (const deadline = Date.now() + READY_MS; Date.now() < deadline; await delay(100)) {
    const text = await readFile(path.join(folder, 'key.json'), 'utf8').catch(() => null);
    if (text === null) continue;
    const { apiKey } = JSON.parse(text);
    const answer = await fetch(`${url}/v1/runs`, { headers: { authorization: `Bearer ${apiKey}` } });
    if (answer.ok) return apiKey;
  }
  throw new Error(`the API made no key within ${READY_MS / 1000} s`);
}

/** Starts everything. `stop` ends it and removes the folder. */
export async function openSystem() {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'gradstream-bench-'));
  const dataFolder = path.join(folder, 'data');
  process.env.GRADSTREAM_DATA = dataFolder; // Before the tools read it.
  const { up, down } = await import('../../../tools/services/control.mjs');
  const { clusterFolder } = await import('../../../tools/services/definitions.mjs');
  const { serviceEnvironment } = await import('../../../tools/services/settings.mjs');
  const { migrate } = await import('../../../tools/migrate.mjs');
  /** @type {(() => Promise<unknown>)[]} */
  const stops = [
    down,
    async () => rm(await clusterFolder(), { recursive: true, force: true }),
    () => rm(folder, { recursive: true, force: true }),
  ];
  const stop = async () => {
    for (const each of stops) await each();
  };
  try {
    await up();
    const services = await serviceEnvironment();
    await migrate(services.DATABASE_URL);
    const own = { HOST: '127.0.0.1', NODE_ENV: 'production', LOG_LEVEL: 'warn', FIRST_KEY_OUTPUT: 'file' };
    const env = { ...process.env, ...services, ...own, PORT: String(await freePort()) };
    const url = `http://127.0.0.1:${env.PORT}`;
    stops.unshift(start('api', env));
    const apiKey = await readKey(dataFolder, url);
    const stopWorker = start('worker', env);
    stops.unshift(stopWorker);
    const config = loadConfig({ ...env, PORT: '0', LOG_LEVEL: 'silent' });
    const app = await createApp(config);
    stops.unshift(() => app.close());
    app.useLogger(false);
    await app.listen(0, '127.0.0.1');
    const principal = await app.get(ApiKeys).authenticate(apiKey);
    const client = new Gradstream({ url, apiKey });
    return { url, client, app, principal, config, folder, stopWorker, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
