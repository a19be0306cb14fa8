// Starting, stopping and asking the local services, from other tools.

import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { SetupError } from '../lib/console.mjs';
import { Interrupted, interruption } from '../lib/interrupt.mjs';
import { withLock } from '../lib/lock.mjs';
import { dataFolder, root } from '../lib/paths.mjs';
import { isAlive, readRecord, stopRecorded } from '../lib/processes.mjs';
import { diskFull, saysDiskFull } from '../setup/failures.mjs';
import { services } from './definitions.mjs';
import { readFailure } from './failure.mjs';
import { readSettings, replacedServices, serviceNames } from './settings.mjs';

const READY_MS = 60_000;
const runFile = (/** @type {string} */ name) => path.join(dataFolder(), 'run', name);
const logFile = (/** @type {string} */ name) => path.join(dataFolder(), 'logs', `${name}.log`);
/** The services that the environment does not replace. */
export const localNames = () => serviceNames.filter((name) => !replacedServices()[name]);

/** Starts the supervisor, detached, unless it runs. @returns {Promise<boolean>} whether it was started */
async function ensureSupervisor() {
  if (isAlive(readRecord(runFile('supervisor.json')))) return false;
  await mkdir(path.join(dataFolder(), 'logs'), { recursive: true });
  const log = openSync(logFile('supervisor'), 'a', 0o600);
  const child = spawn(process.execPath, [path.join(root, 'tools/services/supervisor.mjs')], {
    cwd: root,
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, GRADSTREAM_DATA: dataFolder() },
  });
  child.unref();
  closeSync(log);
  while (!isAlive(readRecord(runFile('supervisor.json')))) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new SetupError('The supervisor of the services ended at once.', `See ${logFile('supervisor')}.`);
    await delay(20);
  }
  return true;
}

/** The failure of a service that does not come up. */
function notReady(
  /** @type {import('./settings.mjs').ServiceName} */ name,
  /** @type {string | null} */ reason,
) {
  if (saysDiskFull(reason)) return diskFull(dataFolder(), 'GRADSTREAM_DATA');
  const what = reason
    ? `${name} could not be started: ${reason}.`
    : `${name} was not ready within ${READY_MS / 1000} s.`;
  return new SetupError(what, `The whole log: ${logFile(name)}.`);
}

/** Waits until one service is ready. */
async function untilReady(/** @type {import('./settings.mjs').ServiceName} */ name) {
  const deadline = Date.now() + READY_MS;
  while (Date.now() < deadline) {
    if (isAlive(readRecord(runFile(`${name}.json`))) && (await services[name].isReady(await readSettings())))
      return;
    const reason = readFailure(name);
    if (reason) throw notReady(name, reason);
    if (!isAlive(readRecord(runFile('supervisor.json')))) throw notReady(name, 'its supervisor has ended');
    if (interruption.aborted) throw new Interrupted();
    await delay(50);
  }
  throw notReady(name, null);
}

/** Makes sure that all local services run. When that fails, what this call has started is stopped. */
export async function up() {
  if (localNames().length === 0) return;
  await readSettings();
  await withLock(runFile('control.lock'), async () => {
    const started = await ensureSupervisor();
    const results = await Promise.allSettled(localNames().map(untilReady));
    const failed = results.find((result) => result.status === 'rejected');
    if (!failed) return;
    if (started) await down();
    throw failed.reason;
  });
}

/** Stops the services and their supervisor; also those that a killed supervisor left. */
export async function down() {
  await stopRecorded(runFile('supervisor.json'), 'SIGTERM', 30_000);
  await Promise.all(
    serviceNames.map((name) => stopRecorded(runFile(`${name}.json`), services[name].stopSignal)),
  );
}

/** What is there; writes nothing. @returns {Promise<{ name: string, state: string, where: string }[]>} */
export async function status() {
  return Promise.all(
    serviceNames.map(async (name) => {
      if (replacedServices()[name]) return { name, state: 'from the environment', where: '' };
      const record = readRecord(runFile(`${name}.json`));
      if (!isAlive(record)) return { name, state: 'down', where: '' };
      const settings = await readSettings();
      const ready = await services[name].isReady(settings);
      const where = `127.0.0.1:${settings.ports[name]}, pid ${record?.pid}`;
      return { name, state: ready ? 'ready' : 'starting', where };
    }),
  );
}

/** Kills one service with SIGKILL, for fault tests; the supervisor brings it back after a while. */
export async function kill(/** @type {import('./settings.mjs').ServiceName} */ name, downForMs = 0) {
  await writeFile(runFile(`${name}.hold`), String(Date.now() + downForMs));
  await stopRecorded(runFile(`${name}.json`), 'SIGKILL', 1000);
  if (downForMs === 0) await rm(runFile(`${name}.hold`), { force: true });
}

/** The last lines of each log. */
export async function logs(lines = 20) {
  for (const name of ['supervisor', ...serviceNames]) {
    const text = await readFile(logFile(name), 'utf8').catch(() => '(none)');
    console.log(`── ${name} (${logFile(name)})\n${text.trim().split('\n').slice(-lines).join('\n')}`);
  }
}
