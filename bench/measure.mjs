// Measures one workload in this process, through the training library; started by one.mjs, which chooses the threads.

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { engine as tensorflow } from '@gradstream/engine';
import { checkBatch, randomSamples } from './lib/data.mjs';
import { dataOf, run, trainingOf } from './lib/library.mjs';
import { parametersOf, sizeOf, workloadOf } from './lib/workloads.mjs';

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
/** Below this step time, in ms, XLA is worth trying as well: it compiles such steps in a second. */
const SMALL_STEP_MS = 3;
/** Steps of the short epochs by which threads and steps per call are chosen. */
const PROBE_STEPS = 20;

const workload = workloadOf(options.workload ?? '');
const [intra, inter] = options.threads.split('x').map(Number);
const engine = tensorflow.start({ intraOpThreads: intra, interOpThreads: inter });

/** @type {import('./lib/library.mjs').LibraryOptions} */
const base = {
  statistics: options.stats === 'norms' ? 'norms' : 'none',
  precision: options.precision === 'bf16' ? 'bfloat16' : 'float32',
  executor: 'captured',
  stepsPerCall: 1,
  epochs: 1,
  deterministic: false,
};

/** Losses of three steps from the deterministic start. */
async function check() {
  const { batch, input } = workload;
  const training = trainingOf(engine, workload, { ...base, deterministic: true });
  const parts = [0, 1, 2].map((step) => checkBatch(workload, step));
  const size = sizeOf(input) * batch;
  const x = workload.vocabulary === null ? new Float32Array(3 * size) : new Int32Array(3 * size);
  const y = new Int32Array(3 * batch);
  parts.forEach((part, step) => {
    x.set(part.x, step * size);
    y.set(part.y, step * batch);
  });
  const { losses } = await run(training, dataOf(workload, { x, y }));
  return { peer: 'gradstream', workload: workload.name, check_losses: losses };
}

/** How many steps a call takes: the largest divisor of the epoch that keeps a call short. */
function stepsPerCall(/** @type {number} */ stepMs) {
  const asked = Number(options['steps-per-call']);
  const wanted = asked || Math.min(MAX_STEPS_PER_CALL, Math.max(1, Math.round(CALL_MS / stepMs)));
  for (let k = wanted; k > 1; k--) if (workload.steps % k === 0) return k;
  return 1;
}

/** Times of an epoch's steps, in ms, without the first epochs, which capture and warm up. */
async function epochsOf(
  /** @type {Partial<import('./lib/library.mjs').LibraryOptions>} */ changes,
  /** @type {number} */ steps,
  /** @type {number} */ epochs,
  /** @type {number} */ warm,
) {
  const training = trainingOf(engine, workload, { ...base, ...changes, epochs: epochs + warm });
  const { ends } = await run(training, dataOf(workload, randomSamples(workload, workload.batch * steps)));
  const executor = training.steps.executor;
  training.dispose();
  const first = (ends[1] ?? 0) - (ends[0] ?? 0);
  const times = ends.slice(1).map((end, i) => (end - (ends[i] ?? 0)) / steps);
  return { times: times.slice(warm).sort((a, b) => a - b), executor, first };
}

async function measure() {
  const { batch, steps } = workload;
  const { first: firstStep } = await epochsOf({}, 1, 0, 1);
  const { times: single } = await epochsOf({}, Math.min(steps, PROBE_STEPS), 3, 1);
  const k = stepsPerCall(single[0] ?? CALL_MS);
  const executor = /** @type {import('@gradstream/engine').Executor | 'auto'} */ (options.executor);
  const { times, executor: chosen } = await epochsOf(
    { executor, stepsPerCall: k },
    steps,
    Number(options.repeats),
    2,
  );
  const half = times.length >> 1;
  const median = times.length % 2 ? (times[half] ?? 0) : ((times[half - 1] ?? 0) + (times[half] ?? 0)) / 2;
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
    step_ms_min: times[0],
    step_ms_max: times.at(-1),
    executor: chosen,
    steps_per_call: k,
    threads: options.threads,
    version: `gradstream ${engine.version}`,
  };
}

/** The process's high-water mark, in MB. */
function peakRss() {
  const line = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'));
  return Math.round(Number(line?.[1] ?? 0) / 102.4) / 10;
}

/** Step time with these threads, in ms: of the captured form, or of the faster one where the step is small. */
async function trial() {
  const lower = (/** @type {number[]} */ times) => times[times.length >> 2] ?? Infinity;
  const steps = Math.min(workload.steps, PROBE_STEPS);
  const captured = lower((await epochsOf({}, steps, 4, 1)).times);
  if (captured >= SMALL_STEP_MS) return { step_ms: captured };
  return { step_ms: Math.min(captured, lower((await epochsOf({ executor: 'auto' }, steps, 20, 2)).times)) };
}

console.log(JSON.stringify(await (options.trial ? trial() : options.check ? check() : measure())));
