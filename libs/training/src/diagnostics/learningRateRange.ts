// The learning-rate range test (Smith, Cyclical Learning Rates, WACV 2017, section 3.3): the rate grows from step to step
// until the loss explodes; a good one lies where the loss falls fastest.

import { GradstreamError, type TrainingSettings } from '@gradstream/contracts';
import type { Engine } from '@gradstream/engine';
import type { ModelGraph } from '@gradstream/models';
import type { TrainingData } from '../fit/data.js';
import { fit } from '../fit/fit.js';
import { Training } from '../fit/training.js';
import { WATCHING_NOTHING } from './watching.js';

export interface RangeOptions {
  /** 1e-7 by default. */
  readonly lowest?: number;
  /** 1 by default. */
  readonly highest?: number;
  /** Updates from the lowest to the highest rate, 100 by default; at least 2. */
  readonly steps?: number;
}

export interface RangePoint {
  readonly learningRate: number;
  readonly loss: number;
  /** The loss averaged over the steps before (exponentially, without bias). */
  readonly smoothed: number;
}

export interface RangeResult {
  readonly points: readonly RangePoint[];
  /** Where the smoothed loss falls fastest per decade of the rate; null when it never falls. */
  readonly suggested: number | null;
  /** The rate from which on the loss explodes; null when it does not up to the highest. */
  readonly diverges: number | null;
}

const MOMENTUM = 0.9;
/** The test ends when the smoothed loss is above its best by so many times its first value. */
const EXPLODED = 4;
/** Steps at either end that a slope needs. */
const HALF_WINDOW = 3;

/** Losses averaged with the weights 0.9^age, divided by their sum. */
export function smooth(losses: readonly number[]): number[] {
  let average = 0;
  return losses.map((loss, index) => {
    average = MOMENTUM * average + (1 - MOMENTUM) * loss;
    return average / (1 - MOMENTUM ** (index + 1));
  });
}

/** The rate in the middle of the steepest fall per factor e of the rate. */
export function steepest(points: readonly RangePoint[]): number | null {
  let best: { slope: number; rate: number } | null = null;
  for (let at = HALF_WINDOW; at < points.length - HALF_WINDOW; at++) {
    const [before, here, after] = [points[at - HALF_WINDOW], points[at], points[at + HALF_WINDOW]];
    if (!before || !here || !after) continue;
    const slope = (after.smoothed - before.smoothed) / Math.log(after.learningRate / before.learningRate);
    if (Number.isFinite(slope) && slope < (best?.slope ?? 0)) best = { slope, rate: here.learningRate };
  }
  return best?.rate ?? null;
}

function checkOptions({ lowest, highest, steps }: Required<RangeOptions>): void {
  if (Number.isInteger(steps) && steps > 1 && lowest > 0 && highest > lowest && Number.isFinite(highest))
    return;
  const detail = `A range from ${lowest} to ${highest} in ${steps} steps: give a lowest rate above 0, a highest one above it, and 2 steps or more.`;
  throw new GradstreamError('VALIDATION_FAILED', detail);
}

/**
 * Trains a fresh network with growing rates. The data is shuffled by the settings' seed and repeated as needed. Throws
 * VALIDATION_FAILED for options that are no range.
 */
export async function learningRateRange(
  gs: Engine,
  graph: ModelGraph,
  settings: TrainingSettings,
  train: TrainingData,
  { lowest = 1e-7, highest = 1, steps = 100 }: RangeOptions = {},
): Promise<RangeResult> {
  checkOptions({ lowest, highest, steps });
  const updatesPerEpoch = Math.ceil(Math.ceil(train.count / settings.batchSize) / settings.accumulate);
  const training = new Training(gs, graph, {
    ...settings,
    optimizer: { ...settings.optimizer, learningRate: lowest },
    schedule: {
      name: 'exponential',
      decaySteps: 1,
      decayRate: (highest / lowest) ** (1 / (steps - 1)),
      staircase: false,
      warmupSteps: 0,
      warmupStart: 0,
    },
    epochs: Math.ceil(steps / updatesPerEpoch),
    stepsPerCall: 1,
    ...WATCHING_NOTHING,
    limits: { steps, seconds: null },
  });
  const told: { learningRate: number; loss: number }[] = [];
  const exploded = (): boolean => {
    const smoothed = smooth(told.map(({ loss }) => loss));
    const [first = 0, last = 0] = [smoothed[0], smoothed.at(-1)];
    const best = smoothed.reduce((least, loss) => Math.min(least, loss), Infinity);
    return !Number.isFinite(last) || last - best > EXPLODED * Math.abs(first);
  };
  try {
    await fit(training, {
      train,
      shouldStop: () => told.length > 0 && exploded(),
      onStep: ({ learningRate, metrics }) => told.push({ learningRate, loss: metrics['loss'] ?? Number.NaN }),
    });
  } finally {
    training.dispose();
  }
  const smoothed = smooth(told.map(({ loss }) => loss));
  const points = told.map((point, index) => ({ ...point, smoothed: smoothed[index] ?? Number.NaN }));
  const diverges = exploded() ? (told.at(-1)?.learningRate ?? null) : null;
  return { points, suggested: steepest(points), diverges };
}
