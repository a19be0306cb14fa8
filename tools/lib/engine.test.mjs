import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { askEngine } from './engine.mjs';

/** The answer of an engine whose source is given. */
async function answerOf(/** @type {string} */ source) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'gradstream-doctor-'));
  try {
    await writeFile(path.join(folder, 'index.mjs'), source);
    return await askEngine(path.join(folder, 'index.mjs'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

test('what the engine finds becomes lines', async () => {
  const found = {
    version: '2.21.0',
    folder: '/tf',
    cuda: true,
    devices: [
      { name: 'cpu0', type: 'CPU', memoryBytes: 1 },
      { name: 'gpu0', type: 'GPU', memoryBytes: 3 * 2 ** 30 },
    ],
    cpu: { model: 'Some CPU', features: ['avx2', 'fma'], hasBfloat16: false, bfloat16Pays: false },
    threads: { intraOp: 8, interOp: 4 },
    oneDnn: null,
    xla: true,
  };
  const { ok, lines } = await answerOf(`export const describeRuntime = () => (${JSON.stringify(found)});`);
  assert.equal(ok, true);
  assert.deepEqual(lines, [
    ['TensorFlow', '2.21.0 in /tf'],
    ['built for CUDA', 'yes'],
    ['device', 'cpu0'],
    ['device', 'gpu0, 3072 MiB'],
    ['processor', 'Some CPU: avx2 fma'],
    ['threads', '8 within an op, 4 ops at a time'],
    ['bfloat16 pays', 'no: the processor has neither AVX512-BF16 nor AMX, use float32'],
    ['oneDNN', 'unknown'],
    ['XLA', 'yes'],
  ]);
});

test('an error of the engine is told with its code', async () => {
  const source =
    'export const describeRuntime = () => { throw Object.assign(new Error("no library"), { code: "LIBRARY_MISSING" }); };';
  const { ok, lines } = await answerOf(source);
  assert.equal(ok, false);
  assert.deepEqual(lines, [['engine', 'LIBRARY_MISSING: no library']]);
});

test('a crash of native code is told with its signal', async () => {
  const source = 'export const describeRuntime = () => { process.kill(process.pid, "SIGSEGV"); };';
  const { ok, lines, remedy } = await answerOf(source);
  assert.equal(ok, false);
  assert.match(lines[0]?.[1] ?? '', /^crashed with code 139 \(signal 11\)/);
  assert.match(remedy, /npm start/);
});

test('an engine that is not built is told', async () => {
  const { ok, remedy } = await askEngine('/nowhere/index.js');
  assert.equal(ok, false);
  assert.match(remedy, /builds it/);
});
