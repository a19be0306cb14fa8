#!/usr/bin/env node
// What buckets save: two processes on this machine take the mean of many small tensors, together and one by one.

import { fileURLToPath } from 'node:url';
import { engine as tensorflow, launchWorkers, runWorker } from '@gradstream/engine';

const TENSORS = 60;
const CALLS = 50;

/** Median of a call in ms, with buckets of so many elements. */
function measure(
  /** @type {import('@gradstream/engine').Engine} */ engine,
  /** @type {number} */ bucketElements,
) {
  const { tf, collective } = engine;
  const tensors = Array.from({ length: TENSORS }, (_, i) => tf.fill([100 + i], 1));
  const step = engine.capture((seed) =>
    collective.allReduceMean(
      tensors.map((tensor) => tensor.mul(seed)),
      { bucketElements },
    ),
  );
  const times = Array.from({ length: CALLS + 10 }, () => {
    const began = performance.now();
    tf.tidy(() => step.run(tf.scalar(1)));
    return performance.now() - began;
  });
  return times.slice(10).sort((a, b) => a - b)[CALLS >> 1] ?? Number.NaN;
}

if (process.send) {
  runWorker((cluster) => {
    const engine = tensorflow.start({
      intraOpThreads: 1,
      interOpThreads: 1,
      device: 'cpu',
      collective: cluster,
    });
    return { apart: measure(engine, 0), together: measure(engine, 1 << 20) };
  });
} else {
  const [first] = await launchWorkers({ script: fileURLToPath(import.meta.url), workers: 2 });
  if (first?.ended !== 'report') throw new Error(JSON.stringify(first));
  const { apart, together } = /** @type {{ apart: number, together: number }} */ (first.report);
  console.log(
    `mean of ${TENSORS} tensors of 100 to ${99 + TENSORS} elements over 2 processes, median of ${CALLS}:`,
  );
  console.log(`  together ${together.toFixed(2)} ms, one by one ${apart.toFixed(2)} ms`);
}
