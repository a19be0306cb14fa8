import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { withLock } from './lock.mjs';
import { freePort, isAlive, processStat, readRecord, stopRecorded, writeRecord } from './processes.mjs';

test('a process is known by pid and start, and not when another has its pid', () => {
  const own = { pid: process.pid, startTicks: processStat(process.pid)?.startTicks ?? -1 };
  assert.equal(isAlive(own), true);
  assert.equal(isAlive({ ...own, startTicks: own.startTicks + 1 }), false);
  assert.equal(isAlive(null), false);
});

test('a recorded process is stopped, and a garbled record counts as none', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'gradstream-tools-'));
  const file = path.join(folder, 'child.json');
  const child = spawn('sleep', ['60']);
  const ended = once(child, 'exit');
  writeRecord(file, child.pid ?? 0);
  await stopRecorded(file);
  assert.deepEqual(await ended, [null, 'SIGTERM']);
  assert.deepEqual(await readdir(folder), []);
  await writeFile(file, '{"pid": 1');
  assert.equal(readRecord(file), null);
  await rm(folder, { recursive: true });
});

test('a taken port is not given out', async () => {
  const server = net.createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {net.AddressInfo} */ (server.address());
  assert.notEqual(await freePort(port), port);
  server.close();
  await once(server, 'close');
  assert.equal(await freePort(port), port);
});

test('a lock is held by one at a time, and a dead holder holds nothing', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'gradstream-tools-'));
  const file = path.join(folder, '.lock');
  await writeFile(file, JSON.stringify({ pid: process.pid, startTicks: -1 }));
  let inside = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, ++inside);
    await new Promise((resolve) => setTimeout(resolve, 20));
    inside--;
  };
  await Promise.all([withLock(file, work), withLock(file, work), withLock(file, work)]);
  assert.equal(most, 1);
  await rm(folder, { recursive: true });
});
