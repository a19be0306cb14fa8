// A step in flight keeps others away from its variables.

import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, test } from '@jest/globals';
import type { Tensor } from '@tensorflow/tfjs';
import { codeOf, useEngine, wave } from '../testing.js';

const engine = useEngine();
const SIZE = 200;

/** The unit matrix, after work that takes some time. */
function slowUnit(x: Tensor): Tensor {
  let product = x;
  for (let i = 0; i < 50; i++) product = engine().tf.matMul(product, product);
  return product;
}

/** A variable [SIZE, SIZE] of ones and slow steps on it. */
function parts() {
  const { tf } = engine();
  const v = engine().variable(tf.ones([SIZE, SIZE]), true, 'kernel');
  const reads = (x: Tensor): Tensor[] => [tf.matMul(slowUnit(x), v).sum()];
  const writes = (x: Tensor): Tensor[] => {
    v.assign(v.add(tf.matMul(slowUnit(x), v)));
    return [v.sum()];
  };
  return { v, reads, writes, x: tf.eye(SIZE) as Tensor };
}

const COUNT = SIZE * SIZE;
const numberOf = (outputs: Tensor[]): number | undefined => outputs[0]?.dataSync()[0];

test('nothing reads or changes what a step in flight writes, and afterwards all of it works', async () => {
  const { tf, updates } = engine();
  const { v, reads, writes, x } = parts();
  const [writer, reader, other] = [writes, reads, writes].map((step) => engine().capture(step));
  if (!writer || !reader || !other) throw new Error('there are three');
  const byOps = engine().capture(writes, { executor: 'eager' });
  const refused: Record<string, () => unknown> = {
    'reading its values': () => v.dataSync(),
    'an op on it': () => v.add(1),
    'a clone of it': () => v.clone(),
    'an assignment': () => {
      v.assign(tf.zeros([SIZE, SIZE]));
    },
    'an update in place': () => {
      updates.gradientDescent(v, tf.ones([SIZE, SIZE]), 1);
    },
    'a step that reads it': () => reader.run(x),
    'a step that writes it': () => other.run(x),
    'a step op by op': () => byOps.run(x),
    'a measurement': () => engine().measure(other, [x]),
  };
  const running = writer.runAsync([x]);
  for (const [what, work] of Object.entries(refused))
    expect({ what, code: codeOf(work) }).toEqual({ what, code: 'VARIABLE_IN_USE' });
  expect(refused['an assignment']).toThrow(
    /^variable kernel \[200, 200\] is being written .* wait for .*runAsync/,
  );
  await expect(other.runAsync([x])).rejects.toMatchObject({ code: 'VARIABLE_IN_USE' });
  expect(numberOf(await running)).toBe(2 * COUNT); // Nothing of what was refused has come in between.
  expect(numberOf(reader.run(x))).toBe(2 * COUNT);
  expect(numberOf(await other.runAsync([x]))).toBe(4 * COUNT);
  expect(numberOf(byOps.run(x))).toBe(8 * COUNT);
  v.assign(tf.zeros([SIZE, SIZE]));
  expect(v.dataSync()[0]).toBe(0);
  for (const step of [writer, reader, other, byOps]) step.dispose();
  v.dispose();
});

test('steps that only read run beside each other, and what they read cannot be changed', async () => {
  const { tf } = engine();
  const { v, reads, writes, x } = parts();
  const [first, second, writer] = [reads, reads, writes].map((step) => engine().capture(step));
  if (!first || !second || !writer) throw new Error('there are three');
  const both = [first.runAsync([x]), second.runAsync([x])];
  expect(v.dataSync()[0]).toBe(1);
  expect(codeOf(() => writer.run(x))).toBe('VARIABLE_IN_USE');
  const assign = (): void => {
    v.assign(tf.zeros([SIZE, SIZE]));
  };
  expect(assign).toThrow(/is being read by a step/);
  expect((await Promise.all(both)).map(numberOf)).toEqual([COUNT, COUNT]);
  expect(numberOf(writer.run(x))).toBe(2 * COUNT);
  assign();
  for (const step of [first, second, writer]) step.dispose();
  v.dispose();
});

test('a step that does not use the variable, and the capture of one that does, are not refused', async () => {
  const { tf } = engine();
  const { v, reads, writes, x } = parts();
  const other = engine().variable(tf.tensor1d(wave(3)));
  const writer = engine().capture(writes);
  const running = writer.runAsync([x]);
  const free = engine().capture((y) => {
    other.assign(other.add(y));
    return [];
  });
  free.run(tf.scalar(1));
  other.assign(tf.tensor1d([1, 2, 3]));
  const reader = engine().capture(reads);
  reader.trace(x);
  await running;
  expect(numberOf(reader.run(x))).toBe(2 * COUNT);
  for (const step of [writer, free, reader]) step.dispose();
  tf.dispose([v, other]);
});

test('a trial of executors is not disturbed, and undoes nothing of others', async () => {
  const { tf } = engine();
  const { v, writes, x } = parts();
  const step = engine().capture(writes, { executor: 'auto' });
  const state = { ended: false };
  const running = step.runAsync([x]).finally(() => {
    state.ended = true;
  });
  const assign = (): void => {
    v.assign(tf.zeros([SIZE, SIZE]));
  };
  let refusals = 0;
  while (!state.ended) {
    expect(codeOf(assign)).toBe('VARIABLE_IN_USE');
    refusals++;
    await turn();
  }
  expect(refusals).toBeGreaterThan(0);
  expect(numberOf(await running)).toBe(2 * COUNT);
  assign();
  expect(numberOf(await step.runAsync([x]))).toBe(0);
  step.dispose();
  v.dispose();
});

describe('variables are free again after a step', () => {
  test('that failed', async () => {
    const { tf, ops } = engine();
    const v = engine().variable(tf.scalar(1));
    const step = engine().capture((labels) => {
      v.assign(v.add(1));
      return [ops.sparseSoftmaxCrossEntropy(tf.tensor2d([[1, 2]]), labels.as1D())];
    });
    const running = step.runAsync([tf.tensor1d([7], 'int32')]);
    expect(codeOf(() => v.dataSync())).toBe('VARIABLE_IN_USE');
    await expect(running).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    v.assign(tf.scalar(5));
    await step.runAsync([tf.tensor1d([0], 'int32')]);
    expect(v.dataSync()[0]).toBe(6);
    step.dispose();
    v.dispose();
  });

  test('that was cancelled', async () => {
    const { v, writes, x } = parts();
    const step = engine().capture(writes);
    await expect(step.runAsync([x], { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'CANCELLED',
    });
    expect(v.dataSync()[0]).toBe(1);
    expect(numberOf(step.run(x))).toBe(2 * COUNT);
    step.dispose();
    v.dispose();
  });
});
