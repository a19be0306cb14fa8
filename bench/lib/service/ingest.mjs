// How many points a second are stored: frames of one run by a worker's own way, a write after the other.

import { Attempts } from '@gradstream/domain';
import { beginRuns, frameOf } from './played.mjs';

/** Steps of a write, as a worker merges them while the write before is under way. */
const STEPS = 100;

/** Rows of the table. @returns {Promise<[string, string][]>} */
export async function measureIngest(
  /** @type {import('./system.mjs').System} */ system,
  /** @type {import('@gradstream/sdk').NewRun} */ spec,
  /** @type {{ series: number, seconds: number }} */ { series, seconds },
) {
  const [claimed] = await beginRuns(system, spec, 1);
  if (!claimed) throw new Error('no run');
  const attempts = system.app.get(Attempts);
  const names = Array.from({ length: series }, (_, i) => `layer_${i}/norm`);
  const batches = Array.from({ length: 20 }, (_, batch) =>
    Array.from({ length: STEPS }, (_, i) => frameOf('metrics', batch * STEPS + i + 1, names)),
  );
  let position = await attempts.position(claimed);
  let points = 0;
  const began = performance.now();
  const end = began + 1000 * seconds;
  for (let round = 0; performance.now() < end; round++) {
    const frames = batches[round % batches.length] ?? [];
    position = await attempts.appendFrames(claimed, frames, position);
    points += frames.length * series;
  }
  const rate = (1000 * points) / (performance.now() - began);
  await attempts.finish(claimed, { state: 'succeeded' });
  return [
    [
      `ingest, ${series} series a step, ${STEPS} steps a write`,
      `${Math.round(rate).toLocaleString('en')} points/s`,
    ],
  ];
}
