#!/usr/bin/env node
// Costs of the engine's own parts: an eager op, capturing, statistics, feeding, a call. Prints a table; `--json` one line.

import { engine as tensorflow } from '@gradstream/engine';
import { buildStep } from './lib/training.mjs';
import { workloadOf } from './lib/workloads.mjs';

const engine = tensorflow.start({ intraOpThreads: 2, interOpThreads: 1 });
const { tf } = engine;

/** Median time of a body in ms, over rounds of some calls. */
function time(/** @type {number} */ calls, /** @type {() => void} */ body, rounds = 7) {
  body();
  const times = Array.from({ length: rounds }, () => {
    const began = performance.now();
    for (let i = 0; i < calls; i++) body();
    return (performance.now() - began) / calls;
  }).sort((a, b) => a - b);
  return times[times.length >> 1] ?? Number.NaN;
}

/** @type {[what: string, value: string][]} */
const rows = [];
const micros = (/** @type {number} */ ms) => `${(ms * 1000).toFixed(1)} µs`;

{
  const [a, b] = [tf.ones([8]), tf.ones([8])];
  rows.push(['eager add of two tensors of 8', micros(time(2000, () => tf.add(a, b).dispose()))]);
  const [m, n] = [tf.ones([64, 64]), tf.ones([64, 64])];
  rows.push(['eager product of two 64 × 64 matrices', micros(time(500, () => tf.matMul(m, n).dispose()))]);
}

for (const ops of [100, 1000, 10_000]) {
  const x = tf.ones([8]);
  const ms = time(
    1,
    () => {
      const step = engine.capture((input) => {
        let y = input;
        for (let i = 0; i < ops; i++) y = y.add(input);
        return [y];
      });
      step.trace(x);
      step.dispose();
    },
    ops === 10_000 ? 3 : 5,
  );
  rows.push([
    `capture of ${ops.toLocaleString('en')} ops`,
    `${ms.toFixed(1)} ms (${((ms * 1000) / ops).toFixed(1)} µs an op)`,
  ]);
}

{
  const x = tf.ones([8]);
  const step = engine.capture((input) => [input.add(1)]);
  rows.push(['call of a captured step of one op', micros(time(1000, () => tf.dispose(step.run(x))))]);
  const v = Array.from({ length: 100 }, () => engine.variable(tf.zeros([8])));
  const wide = engine.capture((input) => {
    for (const variable of v) variable.assign(variable.add(input));
    return [];
  });
  rows.push(['call of a step that updates 100 variables', micros(time(300, () => void wide.run(x)))]);
  step.dispose();
  wide.dispose();
  tf.dispose(v);
}

{
  // A step that does nothing with its input: what a call costs more with a fresh tensor is the feed.
  const idle = engine.capture(() => [tf.scalar(0)]);
  for (const [name, shape] of /** @type {[string, number[]][]} */ ([
    ['64 × 784', [64, 784]],
    ['256 × 1024', [256, 1024]],
    ['128 × 32 × 32 × 3', [128, 32, 32, 3]],
  ])) {
    const values = new Float32Array(shape.reduce((a, b) => a * b, 1));
    const kept = tf.tensor(values, shape);
    const without = time(300, () => tf.dispose(idle.run(kept)));
    const fed = time(300, () => {
      const x = tf.tensor(values, shape);
      tf.dispose([x, ...idle.run(x)]);
    });
    const ms = Math.max(fed - without, 1e-6);
    const rate = values.byteLength / 1e9 / (ms / 1000);
    rows.push([`feed of ${name} float32`, `${micros(ms)} (${rate.toFixed(1)} GB/s)`]);
    kept.dispose();
  }
  idle.dispose();
}

// Step time with statistics and without, in turn, so that all meet the same neighbours.
for (const name of ['mlp', 'cnn']) {
  const workload = workloadOf(name);
  const x = tf.zeros([workload.batch, ...workload.input]);
  const y = tf.zeros([workload.batch], 'int32');
  const steps = /** @type {const} */ (['none', 'norms', 'full']).map((statistics) =>
    engine.capture(buildStep(engine, workload, { statistics, deterministic: true })),
  );
  const run = (/** @type {import('@gradstream/engine').CapturedStep} */ step) => {
    const outputs = step.run(x, y);
    for (const output of outputs) output.dataSync();
    tf.dispose(outputs);
  };
  for (const step of steps) run(step);
  /** @type {number[][]} */
  const ratios = [[], []];
  for (let round = 0; round < 11; round++) {
    const [off = 0, ...on] = steps.map((step) => time(20, () => run(step), 3));
    on.forEach((ms, level) => ratios[level]?.push(ms / off - 1));
  }
  const [norms = 0, full = 0] = ratios.map((list) => list.sort((a, b) => a - b)[5] ?? 0);
  const percent = (/** @type {number} */ share) => `${(share * 100).toFixed(1)} % of the step`;
  rows.push([`${name}: layer norms fetched at each step`, percent(norms)]);
  rows.push([`${name}: histograms each 50 steps`, percent(full / 50)]);
}

if (process.argv.includes('--json')) console.log(JSON.stringify(Object.fromEntries(rows)));
else for (const [what, value] of rows) console.log(`${what.padEnd(46)} ${value}`);
