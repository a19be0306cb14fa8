import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'node:test';
import { makeWheel, NO_INDEX, setEnvironment, startIndex, temporaryFolder } from '../testing/support.mjs';
import { sha256File, unpackWheel } from './wheel.mjs';

test('the hash of a file is the one of FIPS 180-4', async (t) => {
  const folder = await temporaryFolder(t);
  await writeFile(path.join(folder, 'abc'), 'abc');
  // The standard's example for the message "abc".
  assert.equal(
    await sha256File(path.join(folder, 'abc')),
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
});

test('a download says how many bytes have come', { timeout: 60_000 }, async (t) => {
  const folder = await temporaryFolder(t);
  const wheel = await makeWheel(folder, 8_000_000);
  const content = await readFile(wheel.file);
  /** @type {import('../lib/progress.mjs').Amount[]} */
  const amounts = [];
  let goOn = () => {};
  const index = await startIndex(t, wheel.file, (response) => {
    response.setHeader('content-length', content.length);
    response.write(content.subarray(0, 4_000_000));
    goOn = () => response.end(content.subarray(4_000_000)); // Not before the first half was reported.
  });
  setEnvironment(t, index);
  await unpackWheel(wheel, path.join(folder, 'cache', 'sample'), (text, amount) => {
    if (amount) amounts.push(amount);
    if (amount && amount.done > 3_000_000) goOn();
  });
  const half = amounts.find(({ done }) => done > 3_000_000);
  assert.ok(half && half.done <= 4_000_000);
  assert.deepEqual([half.total, half.unit], [content.length, 'B']);
  assert.deepEqual(
    amounts.map(({ done }) => done),
    amounts.map(({ done }) => done).sort((a, b) => a - b),
  );
  assert.deepEqual(await readdir(path.join(folder, 'cache')), ['sample']);
  assert.deepEqual(await readdir(path.join(folder, 'cache', 'sample')), ['program']);
});

test('a wheel with another hash is refused and leaves nothing', async (t) => {
  const folder = await temporaryFolder(t);
  const wheel = { ...(await makeWheel(folder, 1000)), sha256: '0'.repeat(64) };
  setEnvironment(t, { ...NO_INDEX, PIP_FIND_LINKS: folder });
  await assert.rejects(
    unpackWheel(wheel, path.join(folder, 'cache', 'sample'), () => {}),
    /sample-1.0-py3-none-any.whl has SHA-256 [0-9a-f]{64}, expected 0{64}\. It was discarded/,
  );
  assert.deepEqual(await readdir(path.join(folder, 'cache')), []);
});

test('a machine without python3 is told so in one sentence', async (t) => {
  const folder = await temporaryFolder(t);
  const wheel = await makeWheel(folder, 1000);
  await mkdir(path.join(folder, 'bin'));
  setEnvironment(t, { PATH: path.join(folder, 'bin') });
  await assert.rejects(
    unpackWheel(wheel, path.join(folder, 'cache', 'sample'), () => {}),
    /python3 with pip was not found.* Install python3 and pip/,
  );
  assert.deepEqual(await readdir(path.join(folder, 'cache')), []);
});
