// `npm start` as a person uses it: the first start, later ones, and its ends, the hard ones among them.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, stat } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import test from 'node:test';
import { root } from '../lib/paths.mjs';
import { readRecord, stopRecorded } from '../lib/processes.mjs';
import { tensorflowFolder } from '../setup/parts.mjs';
import { environment, processesOf, temporaryFolder, Tool } from '../testing/support.mjs';

const READY = 'Ctrl-C stops everything.';
const KEY = /gs_[\w-]{20,}/g;

/** `npm start` with a data folder of its own. */
const start = (/** @type {string} */ data, ...options) =>
  new Tool(['tools/start.mjs', '--no-demo', ...options], {
    GRADSTREAM_DATA: data,
    TENSORFLOW_DIR: tensorflowFolder(),
  });

/** Ends everything that a failed test has left. */
async function endAll(/** @type {string} */ data) {
  for (const name of ['app-start', 'supervisor', 'app-api', 'app-worker', 'postgres', 'valkey', 's3'])
    await stopRecorded(path.join(data, 'run', `${name}.json`), name === 'postgres' ? 'SIGINT' : 'SIGTERM');
}

/** The command line, which knows nothing but the data folder. */
const cli = (/** @type {string} */ data, ...args) =>
  new Tool(['apps/cli/dist/main.js', ...args], { GRADSTREAM_DATA: data, GRADSTREAM_URL: undefined }).end();

test('the first start shows its key once and not in the log; later starts and the CLI find each other', async (t) => {
  const data = await temporaryFolder(t, endAll);
  const taken = net.createServer();
  taken.listen(0, '127.0.0.1');
  await once(taken, 'listening');
  t.after(() => taken.close());
  const { port } = /** @type {net.AddressInfo} */ (taken.address());

  const first = start(data, '--port', String(port));
  await first.said(READY);
  const keyFile = path.join(data, 'key.json');
  const { apiKey } = JSON.parse(await readFile(keyFile, 'utf8'));
  assert.deepEqual(first.output.match(KEY), [apiKey]);
  assert.match(first.output, new RegExp(`Port ${port} is in use; the server listens on \\d+\\.`));
  assert.equal((await stat(keyFile)).mode & 0o777, 0o600);
  assert.equal((await stat(path.join(data, 'server.json'))).mode & 0o777, 0o600);
  assert.equal((await cli(data, 'keys', 'list')).code, 0);
  assert.ok(processesOf(data).length >= 7, 'start, supervisor, three services, api and worker');

  const another = await start(data).end();
  assert.equal(another.code, 1);
  assert.match(
    another.output,
    new RegExp(`runs already, as process ${first.child.pid}\\. Use that one, or end it`),
  );

  first.child.kill('SIGINT');
  assert.equal((await first.end()).code, 0);
  assert.deepEqual(processesOf(data), []);

  const second = start(data, '--port', '0');
  await second.said(READY);
  assert.deepEqual(second.output.match(KEY), null);
  assert.match(second.output, /API key +in .*key\.json/);
  assert.equal((await cli(data, 'keys', 'list')).code, 0); // Though key.json names the first port.
  second.child.kill('SIGTERM');
  assert.equal((await second.end()).code, 0);
  assert.doesNotMatch(await readFile(path.join(data, 'logs', 'gradstream.log'), 'utf8'), KEY);
  assert.deepEqual(processesOf(data), []);
});

test('after a SIGKILL of the start, and of all there is, the next start is ready', async (t) => {
  const data = await temporaryFolder(t, endAll);
  const first = start(data, '--port', '0');
  await first.said(READY);
  first.child.kill('SIGKILL');
  await first.ended;

  const second = start(data, '--port', '0');
  await second.said(READY);
  assert.equal((await cli(data, 'keys', 'list')).code, 0);
  process.kill(readRecord(path.join(data, 'run', 'supervisor.json'))?.pid ?? 0, 'SIGKILL');
  second.child.kill('SIGKILL');
  await second.ended;
  for (const pid of processesOf(data)) process.kill(pid, 'SIGKILL');

  const third = start(data, '--port', '0');
  await third.said(READY);
  assert.equal((await cli(data, 'keys', 'list')).code, 0);
  process.kill(readRecord(path.join(data, 'run', 'supervisor.json'))?.pid ?? 0, 'SIGKILL');
  third.child.kill('SIGINT');
  assert.equal((await third.end()).code, 0);
  assert.deepEqual(processesOf(data), []);
});

test('a Ctrl-C before all is up leaves nothing, either', async (t) => {
  const data = await temporaryFolder(t, endAll);
  const tool = start(data, '--port', '0');
  await tool.said('services (Postgres, Valkey, S3) …');
  tool.child.kill('SIGINT');
  const { code, output } = await tool.end();
  assert.equal(code, 130);
  assert.equal(output.includes(READY), false);
  assert.deepEqual(processesOf(data), []);
});

test('a signal to the npm that runs it ends everything, too', async (t) => {
  const data = await temporaryFolder(t, endAll);
  const env = environment({ GRADSTREAM_DATA: data, TENSORFLOW_DIR: tensorflowFolder() });
  const stdio = /** @type {const} */ (['ignore', 'pipe', 'inherit']);
  const npm = spawn('npm', ['start', '--', '--no-demo', '--port', '0'], { cwd: root, env, stdio });
  let output = '';
  npm.stdout.on('data', (chunk) => (output += chunk));
  const closed = once(npm, 'close');
  while (!output.includes(READY)) await once(npm.stdout, 'data');
  npm.kill('SIGTERM');
  // Its output is open for as long as what it started.
  await closed;
  assert.match(output, /Stopped\.$/m);
  assert.deepEqual(processesOf(data), []);
});

test('a start under a newer Node ends with the one that started it', async (t) => {
  const data = await temporaryFolder(t, endAll);
  // As setup/index.mjs does it: a channel, the end of which tells the child.
  const script = `require('node:child_process').spawn(process.execPath, ['tools/start.mjs', '--no-demo', '--port', '0'],
    { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] })`;
  const env = environment({ GRADSTREAM_DATA: data, TENSORFLOW_DIR: tensorflowFolder() });
  const parent = spawn(process.execPath, ['-e', script], {
    cwd: root,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  for await (const chunk of parent.stdout) if ((output += chunk).includes(READY)) break;
  assert.ok(output.includes(READY), output);
  parent.kill('SIGKILL');
  const deadline = Date.now() + 60_000;
  while (processesOf(data).length > 0 && Date.now() < deadline) await delay(100);
  assert.deepEqual(processesOf(data), []);
});

test('a port that is none is refused before anything is started', async (t) => {
  const data = await temporaryFolder(t);
  const { code, output } = await start(data, '--port', 'x').end();
  assert.equal(code, 1);
  assert.match(output, /^"x" is no port\. Give a number/m);
  assert.deepEqual(processesOf(data), []);
});
