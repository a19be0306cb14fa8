import { describe, expect, test } from '@jest/globals';
import { callbacksSchema, directionOf, type Callbacks } from '@gradstream/contracts';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Decisions, Moment } from './callback.js';
import { CallbackSet } from './callbackSet.js';

interface Golden<Settings, Expected> {
  readonly settings: Settings;
  readonly values: readonly (number | 'NaN')[];
  readonly expected: Expected;
}

/** Keras 3.15 itself, driven epoch by epoch; make_callbacks.py says how. */
const golden = JSON.parse(
  readFileSync(path.join(import.meta.dirname, '../testing/golden/callbacks/callbacks.json'), 'utf8'),
) as {
  earlyStopping: Golden<{ restoreBest: boolean }, { stoppedAfter: number | null; weightsOfEpoch: number }>[];
  reduceOnPlateau: Golden<object, { learningRates: number[] }>[];
};

const settingsOf = (given: unknown): Callbacks => callbacksSchema.parse(given);

/** The end of an epoch of 10 steps. */
const endOf = (epoch: number, valLoss: number, learningRate = 0.1): Moment => ({
  step: 10 * epoch,
  epoch,
  seconds: 1,
  learningRate,
  metrics: { valLoss },
});

const atStep = (step: number, change: Partial<Moment> = {}): Moment => ({
  ...{ step, epoch: 1, seconds: 1, learningRate: 0.1, metrics: { loss: 1 } },
  ...change,
});

describe('as Keras does it', () => {
  test.each(golden.earlyStopping)('early stopping $settings', ({ settings, values, expected }) => {
    const set = new CallbackSet(settingsOf({ earlyStopping: settings }));
    let [stoppedAfter, epoch, kept]: [number | null, number, number] = [null, 0, 0];
    for (const value of values) {
      epoch++;
      const decisions = set.onEpoch(endOf(epoch, Number(value)));
      if (decisions.snapshot) kept = epoch;
      if (decisions.stop === 'earlyStopping') {
        stoppedAfter = epoch;
        break;
      }
    }
    const { restoreBest } = set.onEnd(endOf(epoch, 0));
    expect({ stoppedAfter, weightsOfEpoch: restoreBest ? kept : epoch }).toEqual(expected);
  });

  test.each(golden.reduceOnPlateau)('reduce on plateau $settings', ({ settings, values, expected }) => {
    const set = new CallbackSet(settingsOf({ reduceOnPlateau: settings }));
    const rates = values.map((value, at) => {
      set.onEpoch(endOf(at + 1, Number(value), 0.1 * set.learningRateScale));
      return 0.1 * set.learningRateScale;
    });
    // Keras holds the rate as float32.
    const apart = rates.map((rate, at) => Math.abs(rate / (expected.learningRates[at] ?? 0) - 1));
    expect(Math.max(...apart)).toBeLessThan(2e-6);
  });
});

describe('early stopping', () => {
  test('an epoch that was not validated counts for nothing', () => {
    const set = new CallbackSet(settingsOf({ earlyStopping: { patience: 2 } }));
    const values = [1, undefined, 2, undefined, undefined, 3];
    const stops = values.map(
      (value, at) => set.onEpoch({ ...endOf(at + 1, 0), metrics: value ? { valLoss: value } : {} }).stop,
    );
    expect(stops).toEqual([undefined, undefined, undefined, undefined, undefined, 'earlyStopping']);
  });

  test('nothing to restore when the last weights are the best; else a checkpoint follows', () => {
    const earlyStopping = { patience: 5, restoreBest: true };
    const set = new CallbackSet(settingsOf({ earlyStopping }));
    set.onEpoch(endOf(1, 1));
    expect(set.onEnd(endOf(1, 1))).toEqual({});
    const other = new CallbackSet(settingsOf({ earlyStopping }));
    other.onEpoch(endOf(1, 1));
    other.onEpoch(endOf(2, 2));
    expect(other.onEnd(endOf(2, 2))).toEqual({ restoreBest: true, checkpoint: 'end' });
  });

  test('a run that stopped does not go on from the checkpoint of that moment', () => {
    const settings = settingsOf({ earlyStopping: {} });
    const set = new CallbackSet(settings);
    set.onEpoch(endOf(1, 1));
    expect(set.onEpoch(endOf(2, 1))).toEqual({ checkpoint: 'epoch', stop: 'earlyStopping' });
    expect(new CallbackSet(settings, JSON.parse(JSON.stringify(set.state))).onStart()).toEqual({
      stop: 'earlyStopping',
    });
    expect(new CallbackSet(settings).onStart()).toEqual({});
  });
});

describe('limits', () => {
  test.each([Number.NaN, Infinity, -Infinity])('a loss of %p diverged, whatever else is due', (loss) => {
    const set = new CallbackSet(settingsOf({ limits: { steps: 1 }, checkpoints: { everySteps: 1 } }));
    expect(set.onStep(atStep(1, { metrics: { loss } }))).toEqual({ stop: 'diverged' });
    const deaf = new CallbackSet(settingsOf({ terminateOnNaN: false }));
    expect(deaf.onStep(atStep(1, { metrics: { loss } }))).toEqual({});
  });

  test('steps, and seconds over all attempts', () => {
    const bySteps = new CallbackSet(settingsOf({ limits: { steps: 3 } }));
    expect([1, 2, 3].map((step) => bySteps.onStep(atStep(step)).stop)).toEqual([
      undefined,
      undefined,
      'stepLimit',
    ]);
    const settings = settingsOf({ limits: { seconds: 5 } });
    const first = new CallbackSet(settings);
    expect(first.onStep(atStep(1, { seconds: 2.5 }))).toEqual({});
    // Validation is time, too.
    first.onEpoch({ ...endOf(1, 1), seconds: 2 });
    const second = new CallbackSet(settings, first.state);
    expect(second.onStep(atStep(2, { seconds: 0.25 }))).toEqual({});
    expect(second.onStep(atStep(3, { seconds: 0.25 }))).toEqual({ stop: 'timeLimit' });
  });
});

describe('checkpoints', () => {
  const reasons = (set: CallbackSet, moments: readonly Moment[]) =>
    moments.map((moment) => set.onStep(moment).checkpoint);

  test('every so many steps, and at the end once', () => {
    const set = new CallbackSet(settingsOf({ checkpoints: { everySteps: 2, everyEpochs: null } }));
    expect(
      reasons(
        set,
        [1, 2, 3, 4].map((step) => atStep(step)),
      ),
    ).toEqual([undefined, 'steps', undefined, 'steps']);
    expect(set.onEnd(atStep(4))).toEqual({});
    expect(set.onEnd(atStep(5))).toEqual({ checkpoint: 'end' });
  });

  test('every so many seconds since the last one, whatever asked for that', () => {
    const set = new CallbackSet(settingsOf({ checkpoints: { everySeconds: 2.5, everySteps: 4 } }));
    const moments = [1, 2, 3, 4, 5, 6, 7].map((step) => atStep(step));
    expect(reasons(set, moments)).toEqual([
      ...[undefined, undefined, 'seconds', 'steps', undefined, undefined, 'seconds'],
    ]);
  });

  test('the best: an epoch among the best two, the earlier of equals first, and never NaN', () => {
    const checkpoints = { everyEpochs: null, keepBest: 2 };
    const set = new CallbackSet(settingsOf({ checkpoints }));
    const values = [5, Number.NaN, 6, 6, 4, 5, 4.5];
    const asked = values.map((value, at) => set.onEpoch(endOf(at + 1, value)).checkpoint);
    expect(asked).toEqual(['best', undefined, 'best', undefined, 'best', undefined, 'best']);
    expect(set.best).toEqual({ value: 4, step: 50, epoch: 5 });
  });
});

const moments = fc.array(
  fc.record({
    kind: fc.constantFrom('onStep' as const, 'onEpoch' as const),
    seconds: fc.double({ min: 0, max: 10, noNaN: true }),
    value: fc.oneof(fc.constantFrom(Number.NaN, Infinity, 1, 0), fc.double({ noNaN: false })),
  }),
  { maxLength: 40 },
);

test('goes on from its JSON at any moment as if nothing had happened', () => {
  const settings = settingsOf({
    earlyStopping: { patience: 3, restoreBest: true, baseline: 1 },
    reduceOnPlateau: { patience: 1, cooldown: 1, minLearningRate: 1e-3 },
    limits: { seconds: 60 },
    checkpoints: { everySteps: 3, everySeconds: 7, everyEpochs: 2, keepBest: 2 },
  });
  fc.assert(
    fc.property(moments, fc.nat(40), (list, split) => {
      const run = (splitAt: number | null): { told: Decisions[]; set: CallbackSet } => {
        let set = new CallbackSet(settings);
        const told = list.map(({ kind, seconds, value }, at) => {
          if (at === splitAt) set = new CallbackSet(settings, JSON.parse(JSON.stringify(set.state)));
          const metrics = { loss: 1, valLoss: value };
          return set[kind]({ step: at, epoch: at, seconds, metrics, learningRate: set.learningRateScale });
        });
        return { told, set };
      };
      const [whole, resumed] = [run(null), run(split)];
      expect(resumed.told).toEqual(whole.told);
      expect(JSON.stringify(resumed.set.state)).toBe(JSON.stringify(whole.set.state));
    }),
    { numRuns: 500 },
  );
});

test('a state that is not of these settings is refused', () => {
  const { state } = new CallbackSet(settingsOf({}));
  const withStopping = settingsOf({ earlyStopping: {} });
  for (const [settings, saved] of [
    [withStopping, state],
    [settingsOf({}), new CallbackSet(withStopping).state],
    [settingsOf({}), { ...state, limits: { seconds: -1 } }],
    [settingsOf({}), null],
  ] as const)
    expect(() => new CallbackSet(settings, saved)).toThrow(
      expect.objectContaining({ code: 'CHECKPOINT_INVALID' }),
    );
});

test('the direction of a series is in its name, or has to be said', () => {
  expect(['loss', 'valLoss', 'valMeanSquaredError', 'valMse', 'perplexity'].map(directionOf)).toEqual(
    Array(5).fill('min'),
  );
  expect(['valAccuracy', 'auc', 'digits/f1', 'valRecall', 'r2'].map(directionOf)).toEqual(
    Array(5).fill('max'),
  );
  // Of outputs that are called as a metric is.
  expect(['precision_loss', 'valAuc_loss'].map(directionOf)).toEqual(['min', 'min']);
  const given = { earlyStopping: { monitor: 'gradientNorm' } };
  expect(callbacksSchema.safeParse(given).error?.issues[0]?.path).toEqual(['earlyStopping', 'mode']);
  expect(settingsOf({ earlyStopping: { ...given.earlyStopping, mode: 'min' } })).toBeTruthy();
});

test('with changed settings reductions of the learning rate last as long as their rule', () => {
  const reduceOnPlateau = { patience: 1, factor: 0.5 };
  const first = new CallbackSet(settingsOf({ reduceOnPlateau }));
  [1, 1].forEach((value, at) => first.onEpoch(endOf(at + 1, value, 0.1)));
  expect(first.learningRateScale).toBe(0.5);
  const scaleAfter = (given: Parameters<typeof settingsOf>[0], goesOn: boolean): number =>
    new CallbackSet(settingsOf(given), first.state, { remembers: () => goesOn }).learningRateScale;
  expect(scaleAfter({ reduceOnPlateau }, true)).toBe(0.5);
  expect(scaleAfter({ reduceOnPlateau }, false)).toBe(1);
  expect(scaleAfter({}, false)).toBe(1);
});
