#!/usr/bin/env node
// 100,000 captured steps with fresh inputs, after a warm-up: handles, live tensors and resident memory have to stay where they are.
//   node bench/soak.mjs [STEPS]      ends with exit code 1 when something grew by more than 2 %

import { readFileSync } from 'node:fs';
import { engine as tensorflow } from '@gradstream/engine';
import { buildStep } from './lib/training.mjs';

const STEPS = Number(process.argv[2] ?? 100_000);
/** V8's heap reaches its size with the first full collections; before that, resident memory is its growth. */
const WARM_UP = 150_000;
const ALLOWED = 0.02;
const engine = tensorflow.start({ intraOpThreads: 1, interOpThreads: 1 });
const { tf } = engine;
/** @type {import('./lib/workloads.mjs').Workload} */
const workload = {
  name: 'soak',
  kind: 'mlp',
  input: [32],
  vocabulary: null,
  classes: 10,
  batch: 16,
  steps: 1,
  tensors: [
    ['dense1/kernel', [32, 64]],
    ['dense1/bias', [64]],
    ['dense2/kernel', [64, 10]],
    ['dense2/bias', [10]],
  ],
};
const step = engine.capture(buildStep(engine, workload, { statistics: 'norms', deterministic: true }));

/** What may not grow. */
const state = () => ({
  handles: JSON.stringify(engine.handles()),
  tensors: engine.liveTensors(),
  residentMb: Number(/VmRSS:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? 0) / 1024,
});

/** @type {ReturnType<typeof state> | null} */
let before = null;
const began = performance.now();
for (let i = 1; i <= WARM_UP + STEPS; i++) {
  const x = tf.tensor(new Float32Array(16 * 32).fill(Math.sin(i)), [16, 32]);
  const y = tf.tensor1d(new Int32Array(16).fill(i % 10), 'int32');
  const inputs = [x, y];
  const outputs = i % 2 ? step.run(...inputs) : await step.runAsync(inputs);
  for (const output of outputs) output.dataSync();
  tf.dispose([...inputs, ...outputs]);
  if (i === WARM_UP) before = state();
}
const after = state();
const grown = before ? after.residentMb / before.residentMb - 1 : 1;
console.log(
  `${STEPS.toLocaleString('en')} steps in ${((performance.now() - began) / 1000).toFixed(1)} s; resident ${before?.residentMb.toFixed(0)} → ${after.residentMb.toFixed(0)} MB (${(grown * 100).toFixed(2)} %), tensors ${before?.tensors} → ${after.tensors}, handles ${after.handles}`,
);
const flat = before !== null && before.handles === after.handles && before.tensors === after.tensors;
process.exitCode = flat && Math.abs(grown) <= ALLOWED ? 0 : 1;
