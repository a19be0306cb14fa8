import { describe, expect, test } from '@jest/globals';
import { scheduleSchema, type ScheduleSettings } from '@gradstream/contracts';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { makeSchedule } from './schedule.js';

const folder = path.join(import.meta.dirname, '../testing/golden/schedules');

interface Config {
  readonly initial_learning_rate: number;
  readonly warmup_target?: number | null;
  readonly [key: string]: unknown;
}
interface Golden {
  readonly class: string;
  readonly steps: number[];
  readonly cases: { readonly config: Config; readonly values: number[] }[];
  readonly rtol: number;
  readonly atol: number;
}

const NAMES: Readonly<Record<string, string>> = {
  CosineDecay: 'cosine',
  CosineDecayRestarts: 'cosineRestarts',
  ExponentialDecay: 'exponential',
  InverseTimeDecay: 'inverseTime',
  PiecewiseConstantDecay: 'piecewise',
  PolynomialDecay: 'polynomial',
};
const camel = (key: string): string => key.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

/** Keras's config as settings of ours, and the learning rate; its initial rate is our warm-up's start when it warms up. */
function settingsOf(kind: string, config: Config): { settings: ScheduleSettings; learningRate: number } {
  const { initial_learning_rate: initial, warmup_target: target, ...rest } = config;
  const given = Object.entries(rest).filter(([key]) => key !== 'name');
  const options = Object.fromEntries(given.map(([key, value]) => [camel(key), value]));
  const warmup = typeof target === 'number' ? { warmupStart: initial } : {};
  const settings = scheduleSchema.parse({ name: NAMES[kind], ...options, ...warmup });
  return { settings, learningRate: target ?? initial };
}

describe.each(readdirSync(folder))('golden values of Keras: %s', (file) => {
  const golden = JSON.parse(readFileSync(path.join(folder, file), 'utf8')) as Golden;
  test.each(golden.cases)('$config', ({ config, values }) => {
    const { settings, learningRate } = settingsOf(golden.class, config);
    const rateOf = makeSchedule(settings, learningRate, 1000);
    golden.steps.forEach((step, at) => {
      const expected = values[at] ?? Number.NaN;
      expect(Math.abs(rateOf(step) - expected)).toBeLessThanOrEqual(
        golden.atol + golden.rtol * Math.abs(expected),
      );
    });
  });
});

/** A schedule's rates at some steps, for a learning rate of 0.1 and a run of 100 steps. */
function rates(settings: object, steps: number[]): number[] {
  return steps.map(makeSchedule(scheduleSchema.parse(settings), 0.1, 100));
}
const float32 = (values: number[]): number[] => values.map(Math.fround);

describe('schedules', () => {
  test('restarts come exactly at the edges of the periods', () => {
    // Periods of 10, 20, 40 … steps start at 10·(2ⁱ − 1): there the rate is whole again.
    const starts = Array.from({ length: 30 }, (_, i) => 10 * (2 ** i - 1));
    expect(rates({ name: 'cosineRestarts', firstDecaySteps: 10 }, starts)).toEqual(
      starts.map(() => Math.fround(0.1)),
    );
    const before = rates({ name: 'cosineRestarts', firstDecaySteps: 10, tMul: 1 }, [9, 10, 19, 20]);
    const low = Math.fround((0.1 * (1 + Math.cos(0.9 * Math.PI))) / 2);
    expect(before).toEqual([low, Math.fround(0.1), low, Math.fround(0.1)]);
  });

  test('boundaries belong to the value before them', () => {
    const settings = { name: 'piecewise', boundaries: [5, 8], values: [1, 0.5, 0.25] };
    expect(rates(settings, [0, 5, 6, 8, 9])).toEqual([1, 1, 0.5, 0.5, 0.25]);
  });

  test('linear goes to its end and stays', () => {
    const settings = { name: 'linear', endLearningRate: 0.02 };
    expect(rates(settings, [0, 25, 50, 100, 500])).toEqual(float32([0.1, 0.08, 0.06, 0.02, 0.02]));
  });

  test('any schedule warms up from its start to its first rate, and lasts the rest of the run', () => {
    expect(rates({ name: 'constant', warmupSteps: 4 }, [0, 1, 3, 4, 99])).toEqual(
      float32([0, 0.025, 0.075, 0.1, 0.1]),
    );
    const linear = { name: 'linear', warmupSteps: 20, warmupStart: 0.05 };
    expect(rates(linear, [0, 10, 20, 60, 100])).toEqual(float32([0.05, 0.075, 0.1, 0.05, 0]));
  });

  // Values by hand from PyTorch's documentation of OneCycleLR: its phases end at the steps 29, 58 and 99 here.
  test.each([
    [{}, [0, 14.5, 29, 64, 99, 200], [0.004, 0.052, 0.1, (0.1 + 4e-7) / 2, 4e-7, 4e-7]],
    [{ anneal: 'linear' }, [0, 29, 43, 99], [0.004, 0.1, 0.1 - (0.1 - 4e-7) * 0.2, 4e-7]],
    [{ threePhase: true }, [0, 29, 43.5, 58, 99], [0.004, 0.1, 0.052, 0.004, 4e-7]],
    [{ totalSteps: 10, pctStart: 0.5, divFactor: 10, finalDivFactor: 100 }, [0, 4, 9], [0.01, 0.1, 1e-4]],
  ])('oneCycle %j is that of PyTorch', (options, steps, expected) => {
    rates({ name: 'oneCycle', ...options }, steps).forEach((rate, at) => {
      expect(rate).toBeCloseTo(expected[at] ?? Number.NaN, 8);
    });
  });

  test('a run of one step, and steps beyond the end, have a finite rate', () => {
    for (const name of ['constant', 'polynomial', 'linear', 'cosine', 'oneCycle']) {
      for (const warmupSteps of [0, 1, 5]) {
        const rateOf = makeSchedule(scheduleSchema.parse({ name, warmupSteps }), 0.1, 1);
        for (const step of [0, 1, 2, 1e9]) {
          expect(rateOf(step)).toBeGreaterThanOrEqual(0);
          expect(rateOf(step)).toBeLessThanOrEqual(Math.fround(0.1));
        }
      }
    }
  });

  test.each([
    [{ name: 'piecewise', boundaries: [5, 5], values: [1, 2, 3] }, 'boundaries'],
    [{ name: 'piecewise', boundaries: [5], values: [1, 2, 3] }, 'values'],
    [{ name: 'cosine', decaySteps: 0 }, 'decaySteps'],
    [{ name: 'cosine', alpha: Number.NaN }, 'alpha'],
    [{ name: 'exponential', decayRate: 0.5 }, 'decaySteps'],
  ])('%j is refused', (settings, where) => {
    expect(scheduleSchema.safeParse(settings).error?.issues[0]?.path).toEqual([where]);
  });
});
