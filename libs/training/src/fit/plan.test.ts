import { describe, expect, test } from '@jest/globals';
import { arrayData, epochOrder } from './data.js';
import { Plan, START, type Position } from './plan.js';

const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
const statistics = { normsEverySteps: null, fullEverySteps: null };
const rules = { limits: { steps: null, seconds: null }, checkpoints: { everySteps: null } };
const settings = { batchSize: 4, accumulate: 1, epochs: 2, stepsPerCall: 1, statistics, ...rules };

/** The batches of an epoch. */
function epochOf(plan: Plan, epoch = 1) {
  const batches = [];
  let at: Position = { ...START, epoch };
  while (at.samples < plan.samples) {
    batches.push(plan.batchAt(at));
    at = plan.after(at);
  }
  return { batches, at };
}

/** At a measured rate, norms are told at the second of two calls. */
const planOf = (given: ConstructorParameters<typeof Plan>[0], samples: number): Plan =>
  new Plan(given, samples, { isDue: ({ epoch, place, calls }) => (epoch * calls + place) % 2 === 1 });

describe('plan', () => {
  test('an epoch has every sample once, and keeps its small last batch', () => {
    const { batches, at } = epochOf(planOf(settings, 10));
    expect(batches.map(({ from, size }) => [from, size])).toEqual([
      [0, 4],
      [4, 4],
      [8, 2],
    ]);
    expect(at).toEqual({ step: 3, epoch: 1, samples: 10, microSteps: 0 });
  });

  test('batches are numbered on over epochs', () => {
    const plan = planOf(settings, 10);
    expect(epochOf(plan, 2).batches.map(({ index }) => index)).toEqual([3, 4, 5]);
    expect(plan.totalSteps).toBe(6);
  });

  test('an accumulation ends with its epoch', () => {
    const plan = planOf({ ...settings, accumulate: 2 }, 10);
    expect(epochOf(plan).batches.map(({ updates }) => updates)).toEqual([false, true, true]);
    expect([plan.updatesPerEpoch, plan.totalSteps]).toEqual([2, 4]);
  });

  test('a call takes several steps only where nothing is due between them', () => {
    const at = (step: number): Position => ({ ...START, step, samples: 4 * step });
    const calls = (more: object, count: number): number[] => {
      const plan = planOf({ ...settings, stepsPerCall: 2, ...more }, 22);
      return upTo(count).map((step) => plan.callsAt(at(step)));
    };
    expect(calls({}, 6)).toEqual([2, 2, 2, 2, 1, 1]);
    expect(calls({ stepsPerCall: 4 }, 6)).toEqual([4, 4, 3, 2, 1, 1]); // What is left, but for the small last batch.
    expect(calls({ checkpoints: { everySteps: 3 } }, 4)).toEqual([2, 2, 1, 2]);
    expect(calls({ limits: { steps: 2, seconds: null } }, 4)).toEqual([2, 1, 2, 2]); // A limit comes once.
    expect(calls({ accumulate: 2 }, 4)).toEqual([1, 1, 1, 1]);
    const full = { ...settings, stepsPerCall: 2, statistics: { normsEverySteps: 1, fullEverySteps: 3 } };
    const withStatistics = planOf(full, 22);
    expect(upTo(4).map((step) => withStatistics.statisticsAt(step))).toEqual([
      'norms',
      'norms',
      'full',
      'norms',
    ]);
    expect(upTo(4).map((step) => withStatistics.callsAt(at(step)))).toEqual([2, 1, 1, 2]);
  });
});

describe('data', () => {
  test('rows of all arrays are taken together', () => {
    const data = arrayData({
      inputs: { values: Float32Array.from([0, 0, 1, 1, 2, 2]), shape: [2] },
      targets: { values: Int32Array.from([0, 10, 20]), shape: [] },
      weights: [{ values: Float32Array.from([1, 2, 3]), shape: [] }, null],
    });
    const { inputs, targets, weights } = data.take(Uint32Array.of(2, 0));
    expect([...(inputs[0]?.values ?? [])]).toEqual([2, 2, 0, 0]);
    expect([...(targets[0]?.values ?? [])]).toEqual([20, 0]);
    expect([...(weights[0]?.values ?? [])]).toEqual([3, 1]);
    expect(weights[1]).toBeNull();
  });

  test('arrays of different numbers of samples are refused', () => {
    const inputs = { values: new Float32Array(6), shape: [2] };
    expect(() => arrayData({ inputs, targets: { values: new Int32Array(2), shape: [] } })).toThrow(
      /3, 2 samples/,
    );
  });

  test('the order of an epoch is a function of seed and epoch, and has each sample once', () => {
    const order = epochOrder(100, 3, { seed: 7, shuffle: true });
    expect([...order].sort((a, b) => a - b)).toEqual(upTo(100));
    expect(epochOrder(100, 3, { seed: 7, shuffle: true })).toEqual(order);
    expect(epochOrder(100, 4, { seed: 7, shuffle: true })).not.toEqual(order);
    expect([...epochOrder(5, 3, { seed: 7, shuffle: false })]).toEqual(upTo(5));
  });
});

test('a measured rate counts calls, of which an epoch begins a new one', () => {
  const given = {
    ...settings,
    stepsPerCall: 2,
    statistics: { normsEverySteps: 'auto', fullEverySteps: null } as const,
  };
  // Five updates an epoch, in calls of two, two and one.
  const plan = planOf(given, 20);
  const told = Array.from({ length: 10 }, (_, step) => plan.statisticsAt(step) === 'norms');
  expect(told).toEqual([...[false, false, true, true, false], ...[true, true, false, false, true]]);
});
