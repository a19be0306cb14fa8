// The parent of the local services: starts them, restarts what dies, adopts what a killed predecessor left.
// Runs detached, one a data folder; SIGTERM stops all. Control is by files in <data>/run (see control.mjs).

import { spawn } from 'node:child_process';
import { createWriteStream, existsSync, readFileSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { dataFolder } from '../lib/paths.mjs';
import { freePort, isAlive, isListening, readRecord, stopRecorded, writeRecord } from '../lib/processes.mjs';
import { services } from './definitions.mjs';
import { clearFailure, writeFailure } from './failure.mjs';
import { readSettings, replacedServices, serviceNames, writeSettings } from './settings.mjs';

const POLL_MS = 100;
const MAX_BACKOFF_MS = 2000;
const STABLE_MS = 5000;
const ATTEMPTS = 3; // After so many in vain, those who wait are told.

const runFolder = path.join(dataFolder(), 'run');
const recordFile = (/** @type {string} */ name) => path.join(runFolder, `${name}.json`);
const names = serviceNames.filter((name) => !replacedServices()[name]);
let stopping = false;
/** @type {Map<string, import('node:child_process').ChildProcess>} */
const children = new Map();

/** Writes to the log that `services logs` shows. */
const say = (/** @type {string} */ text) => console.log(`${new Date().toISOString()} ${text}`);

/** Whether a service is held down until a time that a test wrote. */
function isHeld(/** @type {string} */ name) {
  const file = path.join(runFolder, `${name}.hold`);
  return existsSync(file) && Number(readFileSync(file, 'utf8')) > Date.now();
}

/** A service's port, chosen anew when somebody else has taken it while the service was down. */
async function ensurePort(/** @type {import('./settings.mjs').ServiceName} */ name) {
  const settings = await readSettings();
  if (!(await isListening(settings.ports[name]))) return settings;
  settings.ports[name] = await freePort();
  say(`${name}: its port is in use by another program; now ${settings.ports[name]}`);
  await writeSettings(settings);
  return settings;
}

/** Starts a service that does not run. */
async function startService(/** @type {import('./settings.mjs').ServiceName} */ name, firstStart = false) {
  const service = services[name];
  // Only at our own start may a port change: clients hold on to the address while we run.
  const settings = firstStart ? await ensurePort(name) : await readSettings();
  await service.prepare(settings);
  const { program, args, options } = await service.command(settings);
  const log = createWriteStream(path.join(dataFolder(), 'logs', `${name}.log`), { flags: 'a' });
  await new Promise((resolve, reject) => log.once('open', resolve).once('error', reject));
  const child = spawn(program, args, {
    cwd: dataFolder(),
    ...options,
    detached: true,
    stdio: ['ignore', log, log],
  });
  child.once('error', (error) => say(`${name}: could not be started: ${error.message}`));
  child.once('exit', (code, signal) => say(`${name}: ended with ${signal ?? code}`));
  log.end();
  children.set(name, child);
  if (child.pid === undefined) return;
  writeRecord(recordFile(name), child.pid);
  say(`${name}: started, pid ${child.pid}`);
}

/** The last line of a service's log, for one that ended at once. */
async function lastLine(/** @type {string} */ name) {
  const text = await readFile(path.join(dataFolder(), 'logs', `${name}.log`), 'utf8').catch(() => '');
  return text.trim().split('\n').at(-1) || 'it ended at once and wrote nothing';
}

/** Keeps one service running until we stop; one that ends again and again is started ever less often. */
async function supervise(/** @type {import('./settings.mjs').ServiceName} */ name) {
  let [failures, startedAt] = [0, 0];
  let reason = '';
  await clearFailure(name);
  for (let first = true; !stopping; first = false) {
    // Without our record nobody could ever stop us: the data folder was removed, or another supervisor is in charge.
    if (readRecord(recordFile('supervisor'))?.pid !== process.pid) break;
    const alive = isAlive(readRecord(recordFile(name)));
    const lived = Date.now() - startedAt;
    if (alive && first) say(`${name}: adopted`);
    if (alive && failures > 0 && lived > STABLE_MS) {
      failures = 0;
      await clearFailure(name);
    }
    if (!alive && !isHeld(name)) {
      failures = startedAt > 0 && lived < STABLE_MS ? failures + 1 : 0;
      if (failures >= ATTEMPTS) {
        const written = writeFailure(name, reason || (await lastLine(name)));
        await written.catch((error) => say(`${name}: ${error.message}`));
      }
      if (failures > 0) await delay(Math.min(MAX_BACKOFF_MS, POLL_MS * 2 ** failures));
      reason = await startService(name, first).then(
        () => '',
        (error) => String(error.message),
      );
      if (reason) say(`${name}: ${reason}`);
      startedAt = Date.now();
    }
    await delay(POLL_MS);
  }
  await stopRecorded(recordFile(name), services[name].stopSignal);
  children.get(name)?.kill(services[name].stopSignal); // In case somebody has removed the record.
  say(`${name}: stopped`);
}

for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {}); // On a full disk the log loses lines; the services go on.
await mkdir(path.join(dataFolder(), 'logs'), { recursive: true });
writeRecord(recordFile('supervisor'), process.pid);
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => (stopping = true));
await Promise.all(names.map(supervise));
