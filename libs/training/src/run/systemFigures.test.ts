import { SYSTEM_SERIES } from '@gradstream/contracts';
import { expect, test } from '@jest/globals';
import type { StepEvent } from '../fit/events.js';
import { SystemFigures } from './systemFigures.js';

test('a frame after a fifth of a second, then each second, over the steps since the last one', () => {
  let [now, cpuMs] = [0, 0];
  const figures = new SystemFigures({ now: () => now, cpuMs: () => cpuMs, memory: () => 4096 });
  const stepAt = (step: number, at: number): StepEvent => {
    [now, cpuMs] = [at, 1.5 * at];
    return {
      ...{ step, epoch: 1, metrics: {}, learningRate: 0, gradientNorm: null, clippedGradientNorm: null },
      ...{ lossScale: null, layers: [], samples: 64, milliseconds: 80, gatherMs: 10, waitMs: 60 },
    };
  };
  expect(figures.add(stepAt(1, 100))).toBeNull();
  expect(figures.add(stepAt(2, 200))).not.toBeNull();
  for (let step = 3; step <= 11; step++) expect(figures.add(stepAt(step, 100 * step))).toBeNull();
  const frame = figures.add(stepAt(12, 1200));
  expect(frame).toMatchObject({ kind: 'metrics', step: 12, epoch: 1, series: SYSTEM_SERIES });
  // Ten steps of 64 samples in a second of 1.5 busy cores; of each 100 ms, 80 were the step's.
  expect(frame?.values).toEqual([640, 1.5, 4096, 10, 60, 20]);
});
