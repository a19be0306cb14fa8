// What only a GPU can show; docs/gpu.md says how to run it on a machine that has one.

import { describe, expect, test } from '@jest/globals';
import type { Tensor } from '@tensorflow/tfjs';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { trainer } from '../collective/testNetwork.js';
import { codeOf, useEngine } from '../testing.js';

const LIMIT_MB = 2048;
const script = fileURLToPath(new URL('testStart.ts', import.meta.url))
  .replace('/src/', '/dist/')
  .replace(/ts$/, 'js');
if (!existsSync(script)) throw new Error(`${script} is missing: run npm run build`);

/** Why there is no GPU, in the engine's own words, asked in a process of its own; null when there is one. */
function reasonToSkip(): string | null {
  const request = JSON.stringify({ options: { device: 'gpu' } });
  const stdout = execFileSync(process.execPath, [script, request], { stdio: ['ignore', 'pipe', 'ignore'] });
  const { code, message } = JSON.parse(stdout.toString()) as { code?: string; message?: string };
  if (code === undefined) return null;
  if (code === 'DEVICE_NOT_FOUND') return message ?? code;
  throw new Error(`${code}: ${message ?? ''}`);
}

const reason = reasonToSkip();
if (reason !== null) process.stderr.write(`skipped: the tests of the GPU, for ${reason}\n`);

(reason === null ? describe : describe.skip)('on a GPU', () => {
  const engine = useEngine({ device: 'gpu', gpuMemoryLimitMb: LIMIT_MB, gpuMemoryGrowth: true });
  /** The device that holds a tensor's memory. */
  const deviceOf = (tensor: Tensor): string => {
    const { runtime } = engine();
    return runtime.parts.context.deviceOf(runtime.binding.eager(runtime.id(tensor)));
  };
  /** Whole numbers up to 16: exact in float16 and TF32 as well, and so are their products and short sums. */
  const whole = (rows: number, columns: number, phase: number): number[] =>
    Array.from({ length: rows * columns }, (_, i) => ((7 * i + phase) % 33) - 16);

  test('the engine says so, and the memory limit is exact', () => {
    expect(engine().runtime.binding.isUsingGpuDevice()).toBe(true);
    const { devices, cuda } = engine().describe();
    expect(cuda).toBe(true);
    const gpus = devices.filter(({ type }) => type === 'GPU');
    expect(gpus.map(({ memoryBytes }) => memoryBytes)).toEqual([LIMIT_MB * 2 ** 20]);
  });

  test('ops run there, op by op and captured, and give the numbers of plain arithmetic', () => {
    const { tf } = engine();
    const [n, k, m] = [5, 8, 3];
    const [a, b] = [whole(n, k, 1), whole(k, m, 4)];
    const expected = Array.from({ length: n * m }, (_, at) => {
      const [row, column] = [Math.floor(at / m), at % m];
      return Array.from({ length: k }, (__, i) => (a[row * k + i] ?? 0) * (b[i * m + column] ?? 0)).reduce(
        (sum, term) => sum + term,
        0,
      );
    });
    const [x, y] = [tf.tensor2d(a, [n, k]), tf.tensor2d(b, [k, m])];
    const eager = tf.matMul(x, y);
    expect(deviceOf(eager)).toMatch(/GPU:0$/);
    expect([...eager.dataSync()]).toEqual(expected);
    for (const precision of ['float32', 'float16'] as const) {
      const step = engine().capture((...[p, q]) => (p && q ? [tf.matMul(p, q)] : []), { precision });
      const [result] = step.run(x, y);
      expect([...(result?.dataSync() ?? [])]).toEqual(expected);
      step.dispose();
    }
  });

  test('an op without a kernel for the GPU runs on the CPU', () => {
    const { tf } = engine();
    const words = tf.tensor1d(['b', 'a', 'b'], 'string');
    expect([...words.equal(tf.tensor1d(['b', 'b', 'b'], 'string')).dataSync()]).toEqual([1, 0, 1]);
    expect([...tf.tensor1d([1, 2, 3], 'int32').mul(tf.scalar(2, 'int32')).dataSync()]).toEqual([2, 4, 6]);
  });

  test('variables live there, and training lowers the loss', () => {
    const { tf } = engine();
    const { step, weights, batchOf, dispose } = trainer(engine(), (gradients) => gradients);
    const batch = batchOf(0, 16);
    const losses = Array.from(
      { length: 60 },
      (_, i) => step.run(...batch, tf.scalar(i + 1))[0]?.dataSync()[0] ?? Number.NaN,
    );
    expect(losses.every(Number.isFinite)).toBe(true);
    expect(losses[59]).toBeLessThan(0.8 * (losses[0] ?? 0));
    for (const weight of weights) expect(deviceOf(weight.add(0))).toMatch(/GPU:0$/);
    dispose();
  });

  test('what is larger than the limit is out of memory, and the engine goes on', () => {
    const { tf } = engine();
    const elements = (LIMIT_MB * 2 ** 20) / 4 + 1;
    // Made on the GPU: a host tensor would first be made by this process.
    const dims = tf.tensor1d([elements], 'int32');
    const attributes = [
      engine().runtime.typeAttribute('T', 'float32'),
      engine().runtime.typeAttribute('index_type', 'int32'),
    ];
    expect(codeOf(() => engine().runtime.run('Fill', attributes, [dims, tf.scalar(1)]))).toBe(
      'OUT_OF_MEMORY',
    );
    expect([...tf.tensor1d([1, 2, 3]).sum().dataSync()]).toEqual([6]);
  });
});
