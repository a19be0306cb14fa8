// `npm start`: everything that is needed, then the server, then the digits live. Options: --port N, --no-demo.

import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { began } from './lib/began.mjs';
import { main, secondsSince, SetupError } from './lib/console.mjs';
import { writeJson } from './lib/files.mjs';
import { catchInterrupts, interruption, unlessInterrupted } from './lib/interrupt.mjs';
import { dataFolder, root } from './lib/paths.mjs';
import { freePort } from './lib/processes.mjs';
import { step } from './lib/progress.mjs';
import { setup } from './setup/index.mjs';

const DEFAULT_PORT = 3000;
const READY_MS = 30_000;

/** The value of an option of the command line. */
function option(/** @type {string} */ name) {
  const at = process.argv.indexOf(`--${name}`);
  return at === -1 ? undefined : process.argv[at + 1];
}

/** Resolves when we are told to end. @returns {Promise<void>} */
const told = () =>
  new Promise((resolve) => {
    if (interruption.aborted) resolve();
    interruption.addEventListener('abort', () => resolve());
  });

/** The port that is asked for. */
function wantedPort() {
  const text = option('port') ?? process.env.PORT ?? String(DEFAULT_PORT);
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  throw new SetupError(`"${text}" is no port.`, 'Give a number from 1 to 65535, or 0 for any that is free.');
}

/** Waits until the API is ready. @returns {Promise<void>} */
async function untilReady(/** @type {string} */ url, /** @type {string} */ logFile) {
  const deadline = Date.now() + READY_MS;
  for (;;) {
    const ok = await fetch(`${url}/readyz`).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ok || interruption.aborted) return;
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
  await Promise.race([ended, told()]);
  child.kill();
}

catchInterrupts();
await main(async () => {
  const wanted = wantedPort();
  await setup();
  const { build } = await import('./build.mjs');
  const { up, down } = await import('./services/control.mjs');
  const { serviceEnvironment } = await import('./services/settings.mjs');
  const { migrate } = await import('./migrate.mjs');
  const { AppProcess, recordOf } = await import('./start/processes.mjs');
  const { isEmpty, keyLine } = await import('./start/firstStart.mjs');
  const { isAlive, readRecord, stopRecorded, writeRecord } = await import('./lib/processes.mjs');
  const running = readRecord(recordOf('start'));
  if (isAlive(running)) {
    throw new SetupError(
      `"npm start" runs already, as process ${running?.pid}.`,
      `Use that one, or end it (Ctrl-C there, or kill ${running?.pid}); GRADSTREAM_DATA=<folder> makes a second installation.`,
    );
  }
  writeRecord(recordOf('start'), process.pid);

  const stops = [down];
  try {
    await unlessInterrupted(step('build', build));
    await unlessInterrupted(step('services (Postgres, Valkey, S3)', up));
    const services = await serviceEnvironment();
    await unlessInterrupted(step('migrations', () => migrate(services.DATABASE_URL)));
    const first = await isEmpty(services.DATABASE_URL, 'projects');
    await mkdir(path.join(dataFolder(), 'logs'), { recursive: true });
    const logFile = path.join(dataFolder(), 'logs', 'gradstream.log');
    const log = openSync(logFile, 'a', 0o600);
    const apps = ['api', 'worker'];
    for (const name of apps) await stopRecorded(recordOf(name)); // A killed start's API would hold the port.
    const port = await freePort(wanted);
    if (wanted !== 0 && port !== wanted)
      console.log(`  Port ${wanted} is in use; the server listens on ${port}.`);
    const url = `http://127.0.0.1:${port}`;
    await writeJson(path.join(dataFolder(), 'server.json'), { url }); // The command line reads it.
    const own = { HOST: '127.0.0.1', PORT: String(port), GRADSTREAM_URL: url, FIRST_KEY_OUTPUT: 'file' };
    const env = { ...process.env, ...services, ...own };
    for (const name of apps) {
      const app = new AppProcess(name, env, log);
      stops.unshift(() => app.stop());
      await app.start();
    }
    await unlessInterrupted(step('server', () => untilReady(url, logFile)));
    const key = await keyLine(services.DATABASE_URL, first);
    console.log(`\nGradstream is ready after ${secondsSince(began)}:`);
    console.log(
      `  ${url}        dashboard and REST, GraphQL at ${url}/graphql, documentation at ${url}/docs/`,
    );
    console.log(`  API key       ${key}`);
    console.log(`  log           ${logFile}`);
    console.log('  Ctrl-C stops everything.\n');
    if (!process.argv.includes('--no-demo') && (await isEmpty(services.DATABASE_URL, 'runs')))
      await runDemo(env);
    await told();
    console.log('\nStopping …');
  } finally {
    for (const stop of stops) await stop();
    await rm(recordOf('start'), { force: true });
    console.log('Stopped.');
  }
});
process.exit();
