// Measures one workload in this process; started by one.mjs, which chooses the threads.

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { engine as tensorflow } from '@gradstream/engine';
import { checkBatch, randomSamples, shuffle } from './lib/data.mjs';
import { buildStep } from './lib/training.mjs';
import { parametersOf, workloadOf } from './lib/workloads.mjs';

const { values: options } = parseArgs({
  options: {
    workload: { type: 'string' },
    stats: { type: 'string', default: 'none' },
    precision: { type: 'string', default: 'f32' },
    repeats: { type: 'string', default: '3' },
    check: { type: 'boolean', default: false },
    executor: { type: 'string', default: 'auto' },
    'steps-per-call': { type: 'string', default: '0' },
    threads: { type: 'string', default: '2x1' },
    trial: { type: 'boolean', default: false },
  },
});

/** A call should last about this long, in ms, so that its own cost is small beside it. */
const CALL_MS = 20;
const MAX_STEPS_PER_CALL = 50;

const workload = workloadOf(options.workload ?? '');
const [intra, inter] = options.threads.split('x').map(Number);
const engine = tensorflow.start({ intraOpThreads: intra, interOpThreads: inter });
const { tf } = engine;
const statistics = options.stats === 'norms' ? 'norms' : 'none';
/** @type {'float32' | 'bfloat16'} */
const precision = options.precision === 'bf16' ? 'bfloat16' : 'float32';

/**
 * Runs one call on tensors, frees them, and returns its losses. The norms, if any, are fetched at every call as well.
 * @param {import('@gradstream/engine').CapturedStep} step
 * @param {any[]} inputs
 */
async function call(step, inputs) {
  const outputs = await step.runAsync(inputs);
  const [losses = new Float32Array()] = outputs.map((output) => output.dataSync());
  tf.dispose([...inputs, ...outputs]);
  return losses;
}

/**
 * Runs an epoch: while a call runs on its thread, the batches of the next one are gathered on this one.
 * @param {import('@gradstream/engine').CapturedStep} step
 * @param {any[]} dataset
 * @param {Int32Array} order
 * @param {number} k
 */
async function epoch(step, dataset, order, k) {
  const { batch, steps } = workload;
  let next = gather(dataset, order, 0, k);
  for (let at = k; at <= steps; at += k) {
    const running = call(step, next);
    if (at < steps) next = gather(dataset, order, at * batch, k);
    await running;
  }
}

/** Host values as tensors. */
function upload(/** @type {import('./lib/data.mjs').Samples} */ { x, y }) {
  const shape = [y.length, ...workload.input];
  return [tf.tensor(x, shape, x instanceof Int32Array ? 'int32' : 'float32'), tf.tensor1d(y, 'int32')];
}

/** The samples at some positions: [batch, …], or [k, batch, …] for several steps. */
function gather(
  /** @type {any[]} */ dataset,
  /** @type {Int32Array} */ order,
  /** @type {number} */ from,
  /** @type {number} */ k,
) {
  const { batch } = workload;
  const positions = order.subarray(from, from + k * batch);
  const indices = k === 1 ? tf.tensor1d(positions, 'int32') : tf.tensor2d(positions, [k, batch], 'int32');
  const inputs = dataset.map((tensor) => tf.gather(tensor, indices));
  indices.dispose();
  return inputs;
}

/** Losses of three steps from the deterministic start. */
async function check() {
  const step = engine.capture(buildStep(engine, workload, { statistics: 'none', deterministic: true }), {
    precision,
  });
  const losses = [];
  for (const at of [0, 1, 2]) losses.push((await call(step, upload(checkBatch(workload, at))))[0]);
  return { peer: 'gradstream', workload: workload.name, check_losses: losses };
}

/** How many steps a call takes: the largest divisor of the epoch that keeps a call short. */
function stepsPerCall(/** @type {number} */ stepMs) {
  const asked = Number(options['steps-per-call']);
  const wanted = asked || Math.min(MAX_STEPS_PER_CALL, Math.max(1, Math.round(CALL_MS / stepMs)));
  for (let k = wanted; k > 1; k--) if (workload.steps % k === 0) return k;
  return 1;
}

async function measure() {
  const { batch, steps } = workload;
  // The epoch lies in the memory of the host, as a tensor; each call gathers fresh batches from it.
  const dataset = upload(randomSamples(workload, batch * steps));
  const order = Int32Array.from({ length: batch * steps }, (_, i) => i);
  const body = buildStep(engine, workload, { statistics, deterministic: false });
  const began = performance.now();
  const first = engine.capture(body, { precision });
  await call(first, gather(dataset, order, 0, 1));
  const firstStep = performance.now() - began;
  /** @type {number[]} */
  const times = [];
  while (times.length < 6) {
    const start = performance.now();
    await call(first, gather(dataset, order, 0, 1));
    times.push(performance.now() - start);
  }
  first.dispose();
  const k = stepsPerCall(Math.min(...times));
  const executor = /** @type {import('@gradstream/engine').Executor | 'auto'} */ (options.executor);
  const step = engine.capture(body, { precision, executor, stepsPerCall: k });
  await call(step, gather(dataset, order, 0, k));
  /** @type {number[]} */
  const epochs = [];
  const repeats = Number(options.repeats);
  for (let repeat = 0; repeat <= repeats; repeat++) {
    const start = performance.now();
    shuffle(order, repeat + 1);
    await epoch(step, dataset, order, k);
    if (repeat > 0) epochs.push((performance.now() - start) / steps); // The first one warms up.
  }
  epochs.sort((a, b) => a - b);
  const half = epochs.length >> 1;
  const median =
    epochs.length % 2 ? (epochs[half] ?? 0) : ((epochs[half - 1] ?? 0) + (epochs[half] ?? 0)) / 2;
  const [receipt] = step.receipts;
  return {
    peer: 'gradstream',
    workload: workload.name,
    stats: options.stats,
    precision: options.precision,
    samples_per_s: Number(((batch * 1000) / median).toFixed(1)),
    step_ms_median: Number(median.toFixed(4)),
    params: parametersOf(workload),
    first_step_s: Number((firstStep / 1000).toFixed(3)),
    peak_rss_mb: peakRss(),
    step_ms_min: epochs[0],
    step_ms_max: epochs.at(-1),
    executor: receipt?.executor,
    steps_per_call: k,
    candidates: receipt?.choice?.candidates,
    threads: options.threads,
    version: `gradstream ${engine.version}`,
  };
}

/** The process's high-water mark, in MB. */
function peakRss() {
  const line = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'));
  return Math.round(Number(line?.[1] ?? 0) / 102.4) / 10;
}

/** Below this step time, in ms, XLA is worth trying as well: it compiles such steps in a second. */
const SMALL_STEP_MS = 3;

/** Step time with these threads, in ms: of the captured form, or of the faster one where the step is small. */
async function trial() {
  const dataset = upload(randomSamples(workload, workload.batch));
  const body = buildStep(engine, workload, { statistics, deterministic: false });
  const order = Int32Array.from({ length: workload.batch }, (_, i) => i);
  const timeOf = async (/** @type {'captured' | 'auto'} */ executor) => {
    const step = engine.capture(body, { precision, executor });
    /** @type {number[]} */
    const times = [];
    for (const began = performance.now(); times.length < 6 || performance.now() - began < 1000;) {
      const start = performance.now();
      await call(step, gather(dataset, order, 0, 1));
      times.push(performance.now() - start);
    }
    step.dispose();
    return times.sort((a, b) => a - b)[times.length >> 2] ?? Infinity;
  };
  const captured = await timeOf('captured');
  return { step_ms: captured < SMALL_STEP_MS ? Math.min(captured, await timeOf('auto')) : captured };
}

console.log(JSON.stringify(await (options.trial ? trial() : options.check ? check() : measure())));
