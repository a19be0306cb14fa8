// `npm start`: everything that is needed, then the server, then the digits live. Options: --port N, --no-demo.

import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { main, secondsSince, SetupError, step } from './lib/console.mjs';
import { dataFolder, root } from './lib/paths.mjs';
import { freePort } from './lib/processes.mjs';
import { setup } from './setup/index.mjs';

const DEFAULT_PORT = 3000;
const READY_MS = 30_000;
const started = performance.now();

/** The value of an option of the command line. */
function option(/** @type {string} */ name) {
  const at = process.argv.indexOf(`--${name}`);
  return at === -1 ? undefined : process.argv[at + 1];
}

/** Resolves at Ctrl-C or SIGTERM. */
const told = new Promise((resolve) => {
  process.once('SIGINT', resolve);
  process.once('SIGTERM', resolve);
});

/** Waits until the API is ready. @returns {Promise<void>} */
async function untilReady(/** @type {string} */ url, /** @type {string} */ logFile) {
  const deadline = Date.now() + READY_MS;
  for (;;) {
    const ok = await fetch(`${url}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ok) return;
    if (Date.now() > deadline)
      throw new SetupError(`The API was not ready within ${READY_MS / 1000} s.`, `See ${logFile}.`);
    await delay(50);
  }
}

/** Trains the digits and shows them; its failure is told, and the server stays. */
async function runDemo(/** @type {NodeJS.ProcessEnv} */ env) {
  const child = spawn(process.execPath, [path.join(root, 'apps/cli/dist/main.js'), 'demo'], {
    env,
    stdio: 'inherit',
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await Promise.race([ended, told]);
  child.kill();
}

/** Whether nobody has trained anything here yet. */
async function isEmpty(/** @type {string} */ databaseUrl) {
  const { default: pg } = await import('pg');
  const client = new pg.Client(databaseUrl);
  await client.connect();
  try {
    return (await client.query('SELECT 1 FROM runs LIMIT 1')).rowCount === 0;
  } finally {
    await client.end();
  }
}

await main(async () => {
  await setup();
  const { build } = await import('./build.mjs');
  const { up, down } = await import('./services/control.mjs');
  const { serviceEnvironment } = await import('./services/settings.mjs');
  const { migrate } = await import('./migrate.mjs');
  const { AppProcess, recordOf } = await import('./start/processes.mjs');
  const { isAlive, readRecord, stopRecorded, writeRecord } = await import('./lib/processes.mjs');
  const running = readRecord(recordOf('start'));
  if (isAlive(running)) {
    throw new SetupError(
      `"npm start" runs already, as process ${running?.pid}.`,
      'Use that one, or end it with Ctrl-C; GRADSTREAM_DATA=<folder> makes a second installation.',
    );
  }
  await writeRecord(recordOf('start'), process.pid);

  await step('build', build);
  const stops = [down];
  try {
    await step('services (Postgres, Valkey, S3)', up);
    const services = await serviceEnvironment();
    await step('migrations', () => migrate(services.DATABASE_URL));
    const wanted = Number(option('port') ?? process.env.PORT ?? DEFAULT_PORT);
    await mkdir(path.join(dataFolder(), 'logs'), { recursive: true });
    const logFile = path.join(dataFolder(), 'logs', 'gradstream.log');
    const log = openSync(logFile, 'a', 0o600);
    const apps = ['api', 'worker'];
    for (const name of apps) await stopRecorded(recordOf(name)); // A killed start's API would hold the port.
    const port = await freePort(wanted);
    if (port !== wanted) console.log(`  Port ${wanted} is in use; the server listens on ${port}.`);
    const url = `http://127.0.0.1:${port}`;
    const env = { ...process.env, ...services, HOST: '127.0.0.1', PORT: String(port), GRADSTREAM_URL: url };
    for (const name of apps) {
      const app = new AppProcess(name, env, log);
      stops.unshift(() => app.stop());
      await app.start();
    }
    await step('server', () => untilReady(url, logFile));
    console.log(`\nGradstream is ready after ${secondsSince(started)}:`);
    console.log(`  ${url}        REST, GraphQL at ${url}/graphql, documentation at ${url}/docs/`);
    console.log(`  API key       in ${path.join(dataFolder(), 'key.json')} (made by the first start)`);
    console.log(`  log           ${logFile}`);
    console.log('  Ctrl-C stops everything.\n');
    if (!process.argv.includes('--no-demo') && (await isEmpty(services.DATABASE_URL))) await runDemo(env);
    await told;
    console.log('\nStopping …');
  } finally {
    for (const stop of stops) await stop();
    await rm(recordOf('start'), { force: true });
    console.log('Stopped.');
  }
});
process.exit();
