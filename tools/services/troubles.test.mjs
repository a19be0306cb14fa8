// Local services that cannot have what they want, and a supervisor that is killed.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import test from 'node:test';
import { readRecord } from '../lib/processes.mjs';
import { isPublicPath, tensorflowFolder } from '../setup/parts.mjs';
import { ADDRESSES, processesOf, smallDisk, temporaryFolder, Tool } from '../testing/support.mjs';

/** `npm run services` with a data folder of its own, and addresses for all services but those in `changes`. */
const services = (
  /** @type {string} */ data,
  /** @type {string[]} */ command,
  /** @type {Record<string, undefined>} */ changes,
) =>
  new Tool(['tools/services.mjs', ...command], {
    ...ADDRESSES,
    TENSORFLOW_DIR: tensorflowFolder(),
    GRADSTREAM_DATA: data,
    ...changes,
  });

test('asking, and stopping, what was never set up installs nothing and leaves no file', async (t) => {
  const folder = await temporaryFolder(t);
  const empty = { ...ADDRESSES, REDIS_URL: undefined, GRADSTREAM_CACHE: path.join(folder, 'cache') };
  const env = { ...empty, GRADSTREAM_DATA: path.join(folder, 'data') };
  for (const command of [['status'], ['logs'], ['down'], ['kill', 'valkey']]) {
    const { code, output } = await new Tool(['tools/services.mjs', ...command], env).end();
    assert.equal(code, 0, output);
    assert.match(output, /^Nothing is installed here yet.*npm start.*\n$/);
  }
  assert.deepEqual(await readdir(folder), []);
});

test('a service whose port is taken gets another one', async (t) => {
  const data = await temporaryFolder(t);
  const server = net.createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {net.AddressInfo} */ (server.address());
  const secrets = { password: 'p', accessKey: 'a', secretKey: 's' };
  const settings = { ports: { postgres: 1, valkey: port, s3: 1 }, ...secrets };
  await writeFile(path.join(data, 'services.json'), JSON.stringify(settings));
  const change = { REDIS_URL: undefined };
  try {
    const { code, output } = await services(data, ['up'], change).end();
    assert.equal(code, 0, output);
    const [, chosen] = /^valkey +ready +127\.0\.0\.1:(\d+), pid/m.exec(output) ?? [];
    assert.notEqual(Number(chosen), port);
    assert.ok(Number(chosen) > 0, output);
    const kept = JSON.parse(await readFile(path.join(data, 'services.json'), 'utf8'));
    assert.equal(kept.ports.valkey, Number(chosen));
  } finally {
    await services(data, ['down'], change).end();
    server.close();
  }
  assert.deepEqual(processesOf(data), []);
});

test('a full disk of the data folder is named, and nothing is left running or half-made', async (t) => {
  const disk = await smallDisk(t, '8m');
  if (!disk) return;
  if (!(await isPublicPath(disk))) return t.skip('the temporary folder is closed to the user of Postgres');
  const data = path.join(disk, 'data');
  const { code, output } = await services(data, ['up'], { DATABASE_URL: undefined }).end();
  assert.equal(code, 1);
  assert.match(
    output.trim(),
    /^The disk is full: .*\. Free about 2 GB there, or set GRADSTREAM_DATA to .*again\.$/,
  );
  assert.deepEqual(processesOf(data), []);
  const left = await readFile(path.join(data, 'postgres', 'PG_VERSION')).catch(() => null);
  assert.equal(left, null);
});

test('a killed supervisor leaves its services, and the next one goes on with them', async (t) => {
  const data = await temporaryFolder(t);
  const change = { REDIS_URL: undefined, DATABASE_URL: undefined };
  const recordOf = (/** @type {string} */ name) => readRecord(path.join(data, 'run', `${name}.json`));
  try {
    assert.equal((await services(data, ['up'], change).end()).code, 0);
    const before = [recordOf('postgres'), recordOf('valkey')];
    const supervisor = recordOf('supervisor')?.pid ?? 0;
    process.kill(supervisor, 'SIGKILL');
    const { code, output } = await services(data, ['up'], change).end();
    assert.equal(code, 0, output);
    assert.notEqual(recordOf('supervisor')?.pid, supervisor);
    assert.deepEqual([recordOf('postgres'), recordOf('valkey')], before);
  } finally {
    await services(data, ['down'], change).end();
  }
  assert.deepEqual(processesOf(data), []);
});

test('a supervisor that is killed before it wrote down what it started stops no later start', async (t) => {
  const data = await temporaryFolder(t);
  const change = { DATABASE_URL: undefined };
  const record = path.join(data, 'run', 'postgres.json');
  try {
    assert.equal((await services(data, ['up'], change).end()).code, 0);
    const stray = readRecord(record)?.pid ?? 0;
    process.kill(readRecord(path.join(data, 'run', 'supervisor.json'))?.pid ?? 0, 'SIGKILL');
    await writeFile(record, '');
    const { code, output } = await services(data, ['up'], change).end();
    assert.equal(code, 0, output);
    assert.notEqual(readRecord(record)?.pid, stray);
    assert.deepEqual(processesOf(data).includes(stray), false);
  } finally {
    await services(data, ['down'], change).end();
  }
  assert.deepEqual(processesOf(data), []);
});

test('services whose data folder is removed end by themselves', async (t) => {
  const data = await temporaryFolder(t);
  assert.equal((await services(data, ['up'], { REDIS_URL: undefined }).end()).code, 0);
  assert.equal(processesOf(data).length, 2);
  await rm(data, { recursive: true });
  const deadline = Date.now() + 30_000;
  while (processesOf(data).length > 0 && Date.now() < deadline) await delay(50);
  assert.deepEqual(processesOf(data), []);
});
