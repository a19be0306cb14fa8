// Starting, stopping and asking the local services, from other tools.

import { spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { SetupError } from '../lib/console.mjs';
import { withLock } from '../lib/lock.mjs';
import { dataFolder, root } from '../lib/paths.mjs';
import { isAlive, readRecord, stopRecorded } from '../lib/processes.mjs';
import { services } from './definitions.mjs';
import { readSettings, replacedServices, serviceNames } from './settings.mjs';

const READY_MS = 60_000;
const runFile = (/** @type {string} */ name) => path.join(dataFolder(), 'run', name);
const logFile = (/** @type {string} */ name) => path.join(dataFolder(), 'logs', `${name}.log`);
const localNames = () => serviceNames.filter((name) => !replacedServices()[name]);

/** Starts the supervisor, detached, unless it runs. */
async function ensureSupervisor() {
  if (isAlive(readRecord(runFile('supervisor.json')))) return;
  await mkdir(path.join(dataFolder(), 'logs'), { recursive: true });
  const log = openSync(logFile('supervisor'), 'a', 0o600);
  const child = spawn(process.execPath, [path.join(root, 'tools/services/supervisor.mjs')], {
    cwd: root,
    detached: true,
    stdio: ['ignore', log, log],
    env: { ...process.env, GRADSTREAM_DATA: dataFolder() },
  });
  child.unref();
  while (!isAlive(readRecord(runFile('supervisor.json')))) {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new SetupError('The supervisor of the services ended at once.', `See ${logFile('supervisor')}.`);
    await delay(20);
  }
}

/** Waits until one service is ready. */
async function untilReady(/** @type {import('./settings.mjs').ServiceName} */ name) {
  const deadline = Date.now() + READY_MS;
  while (Date.now() < deadline) {
    if (isAlive(readRecord(runFile(`${name}.json`))) && (await services[name].isReady(await readSettings())))
      return;
    await delay(50);
  }
  const log = await readFile(logFile(name), 'utf8').catch(() => '');
  const supervisor = await readFile(logFile('supervisor'), 'utf8').catch(() => '');
  const tail = `${log}\n${supervisor}`.trim().split('\n').slice(-6).join('\n');
  throw new SetupError(
    `${name} was not ready within ${READY_MS / 1000} s.\n${tail}\n`,
    `The whole log: ${logFile(name)}.`,
  );
}

/** Makes sure that all local services run. */
export async function up() {
  if (localNames().length === 0) return;
  await readSettings();
  await withLock(runFile('control.lock'), async () => {
    await ensureSupervisor();
    await Promise.all(localNames().map(untilReady));
  });
}

/** Stops the services and their supervisor; also those that a killed supervisor left. */
export async function down() {
  await stopRecorded(runFile('supervisor.json'), 'SIGTERM', 30_000);
  await Promise.all(
    serviceNames.map((name) => stopRecorded(runFile(`${name}.json`), services[name].stopSignal)),
  );
}

/** What is there. @returns {Promise<{ name: string, state: string, where: string }[]>} */
export async function status() {
  const settings = await readSettings();
  return Promise.all(
    serviceNames.map(async (name) => {
      if (replacedServices()[name]) return { name, state: 'from the environment', where: '' };
      const record = readRecord(runFile(`${name}.json`));
      const alive = isAlive(record);
      const ready = alive && (await services[name].isReady(settings));
      const where = alive ? `127.0.0.1:${settings.ports[name]}, pid ${record?.pid}` : '';
      return { name, state: ready ? 'ready' : alive ? 'starting' : 'down', where };
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
