// What rules do to a training: stop, restore, average, keep checkpoints; and what is measured of it.

import { describe, expect, test } from '@jest/globals';
import { fromWireNumber } from '@gradstream/contracts';
import { readdir } from 'node:fs/promises';
import { openCheckpoint } from '../checkpoint/checkpoint.js';
import { useEngine } from '../testing/engine.js';
import {
  dense,
  distanceOf,
  graphOf,
  inFolder,
  mlp,
  run,
  settingsOf,
  SPEC,
  wedges,
  weightsOf,
} from '../testing/trainings.js';
import { Evaluator, predict } from './evaluate.js';
import { fit } from './fit.js';
import { loadWeights } from './save.js';
import { Training } from './training.js';

const get = useEngine();
const train = wedges(40);
const validation = wedges(24);
const small = graphOf([dense(3, { activation: 'softmax' })]);

/** The weights in a checkpoint's file. */
async function storedWeights(folder: string): Promise<Record<string, number[]>> {
  const checkpoint = await openCheckpoint(folder);
  try {
    const training = new Training(get(), small, settingsOf());
    await loadWeights(training, checkpoint.weights);
    const weights = weightsOf(training);
    training.dispose();
    return weights;
  } finally {
    await checkpoint.close();
  }
}

describe('averages of the weights', () => {
  const momentum = 0.75;
  const optimizer = { name: 'sgd' as const, learningRate: 0.5, ema: { momentum } };
  const given = { optimizer, batchSize: 8, epochs: 2 };

  test('are what evaluations, predictions, checkpoints and the end have', async () => {
    // The raw weights after each step are those of a training without averages.
    const raw: number[][] = [];
    const plain = new Training(
      get(),
      small,
      settingsOf({ ...given, optimizer: { ...optimizer, ema: null } }),
    );
    const kernel = () => weightsOf(plain)[plain.network.weights[0]?.name ?? ''] ?? [];
    await fit(plain, { train, onStep: () => raw.push(kernel()) });
    plain.dispose();
    // Keras's use_ema, in float64: the first update starts from the weights themselves.
    const averages: number[][] = [];
    for (const weights of raw) {
      const before = averages.at(-1) ?? weights;
      averages.push(weights.map((weight, i) => momentum * (before[i] ?? 0) + (1 - momentum) * weight));
    }
    await inFolder(async (folder) => {
      const training = new Training(get(), small, settingsOf(given));
      const name = training.network.weights[0]?.name ?? '';
      const evaluator = new Evaluator(training, validation);
      const seen: number[] = [];
      await fit(training, {
        train,
        validation,
        checkpoints: { folder, ...SPEC },
        onEpoch: ({ metrics }) => seen.push(metrics['valLoss'] ?? Number.NaN),
      });
      expect(distanceOf(weightsOf(training)[name] ?? [], averages.at(-1) ?? [])).toBeLessThan(1e-6);
      expect((await evaluator.evaluate())['loss']).toBe(seen.at(-1));
      for (const step of [5, 10]) {
        const stored = (await storedWeights(`${folder}/step-${step}`))[name] ?? [];
        expect(distanceOf(stored, averages[step - 1] ?? [])).toBeLessThan(1e-6);
      }
      evaluator.dispose();
      training.dispose();
    });
  });

  test('a prediction in the middle of a training has them, and leaves the weights as they are', async () => {
    const training = new Training(get(), small, settingsOf(given));
    let calls = 0;
    await fit(training, { train, shouldStop: () => calls++ === 3 });
    const raw = training.network.weights.map(({ variable }) => [...variable.dataSync()]);
    const [predicted] = await predict(training, validation);
    expect(training.network.weights.map(({ variable }) => [...variable.dataSync()])).toEqual(raw);
    const averaged = new Training(get(), small, settingsOf({ batchSize: 8 }));
    training.network.weights.forEach((weight, at) => {
      averaged.network.weights[at]?.variable.assign(training.evaluated(weight));
    });
    const [expected] = await predict(averaged, validation);
    expect(predicted?.values).toEqual(expected?.values);
    expect(weightsOf(averaged)).toEqual(weightsOf(training));
    averaged.dispose();
    training.dispose();
  });

  test('the best are the averages, which a restore brings back', async () => {
    await inFolder(async (folder) => {
      const rules = { earlyStopping: { monitor: 'valLoss', patience: 2, restoreBest: true } };
      const fast = { ...optimizer, learningRate: 20 };
      const { epochs, weights, metrics } = await run(
        get(),
        small,
        { ...given, optimizer: fast, epochs: 12, ...rules },
        { train, validation, checkpoints: { folder, ...SPEC } },
      );
      const losses = epochs.map((event) => event.metrics['valLoss'] ?? Number.NaN);
      const best = losses.indexOf(Math.min(...losses));
      expect(best).toBeLessThan(losses.length - 1); // Or there would be nothing to restore.
      expect(metrics['valLoss']).toBe(losses[best]);
      expect(weights).toEqual(await storedWeights(`${folder}/step-${5 * (best + 1)}`));
    });
  });
});

describe('limits', () => {
  test('of steps end it in the middle of an epoch, with a checkpoint', async () => {
    await inFolder(async (folder) => {
      const given = { batchSize: 8, epochs: 5, limits: { steps: 7 }, stepsPerCall: 4 };
      const { reason, steps, checkpoints } = await run(get(), small, given, {
        train,
        checkpoints: { folder, ...SPEC },
      });
      expect([reason, steps.length]).toEqual(['stepLimit', 7]);
      expect(checkpoints.map(({ manifest, reason: why }) => [manifest.step, why])).toEqual([
        [5, 'epoch'],
        [7, 'end'],
      ]);
    });
  });
});

describe('checkpoints', () => {
  test('the last and the best stay, and what a crash left goes', async () => {
    await inFolder(async (folder) => {
      const policy = { everyEpochs: 1, keepLast: 1, keepBest: 1, monitor: 'valLoss' };
      const { epochs, checkpoints } = await run(
        get(),
        small,
        { batchSize: 8, epochs: 6, optimizer: { name: 'sgd', learningRate: 60 }, checkpoints: policy },
        { train, validation, checkpoints: { folder, ...SPEC } },
      );
      expect(checkpoints).toHaveLength(6);
      const losses = epochs.map(({ metrics }) => metrics['valLoss'] ?? Number.NaN);
      const best = losses.indexOf(Math.min(...losses)) + 1;
      const kept = [...new Set([best, 6])].map((epoch) => `step-${5 * epoch}`);
      expect((await readdir(folder)).sort()).toEqual(kept.sort());
    });
  });

  test.each([
    [1, 'epoch'],
    [null, 'steps'],
  ] as const)(
    "at an epoch's end there is one, after its validation (everyEpochs: %p)",
    async (everyEpochs, why) => {
      await inFolder(async (folder) => {
        const policy = { everySteps: 5, everyEpochs };
        const { checkpoints, epochs } = await run(
          get(),
          small,
          { batchSize: 8, epochs: 2, checkpoints: policy },
          { train, validation, checkpoints: { folder, ...SPEC } },
        );
        expect(checkpoints.map(({ manifest, reason }) => [manifest.step, reason])).toEqual([
          [5, why],
          [10, why],
        ]);
        const opened = await openCheckpoint(`${folder}/step-10`);
        const { valLoss } = opened.manifest.metrics;
        await opened.close();
        expect(fromWireNumber(valLoss ?? 'NaN')).toBe(epochs[1]?.metrics['valLoss']);
      });
    },
  );

  test('of another training in the same folder are left alone, and do not count', async () => {
    await inFolder(async (folder) => {
      const given = { batchSize: 8, checkpoints: { keepLast: 1 } };
      const target = { folder, ...SPEC };
      await run(get(), small, { ...given, epochs: 4 }, { train, checkpoints: target });
      await run(get(), small, { ...given, epochs: 2 }, { train, checkpoints: target });
      expect((await readdir(folder)).sort()).toEqual(['step-10', 'step-20']);

      // Nor do those that lie ahead of where a training goes on.
      const resumeFrom = await openCheckpoint(`${folder}/step-10`);
      try {
        await run(get(), small, { ...given, epochs: 3 }, { train, checkpoints: target, resumeFrom });
      } finally {
        await resumeFrom.close();
      }
      expect((await readdir(folder)).sort()).toEqual(['step-15', 'step-20']);
    });
  });
});

describe('rules that watch what nobody measures', () => {
  test.each([
    ['validation without data', { earlyStopping: {} }, '/earlyStopping/monitor', 'validation data'],
    [
      'a metric that is not asked for',
      { reduceOnPlateau: { monitor: 'accuracy' } },
      '/reduceOnPlateau/monitor',
      'Known are loss',
    ],
    ['the best by a series', { checkpoints: { keepBest: 2 } }, '/checkpoints/monitor', 'validation data'],
  ])('%s', async (_, given, pointer, hint) => {
    await expect(run(get(), small, given, { train })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      errors: [{ pointer, hint: expect.stringContaining(hint) }],
    });
  });
});

test('a second fit of the same training begins its sums anew', async () => {
  const training = new Training(get(), graphOf(mlp), settingsOf({ batchSize: 8, epochs: 1, accumulate: 2 }));
  let calls = 0;
  await fit(training, { train, shouldStop: () => calls++ === 3 }); // In an epoch, and in an accumulation.
  const fresh = new Training(get(), graphOf(mlp), settingsOf({ batchSize: 8, epochs: 1, accumulate: 2 }));
  training.network.weights.forEach(({ variable }, at) => {
    fresh.network.weights[at]?.variable.assign(variable);
  });
  training.optimizer.slots.forEach(({ variable }, at) =>
    fresh.optimizer.slots[at]?.variable.assign(variable),
  );
  const [again, expected] = [await fit(training, { train }), await fit(fresh, { train })];
  expect(again.metrics).toEqual(expected.metrics);
  expect(weightsOf(training)).toEqual(weightsOf(fresh));
  training.dispose();
  fresh.dispose();
});

test('the loss of a validation has the penalties, as that of training has', async () => {
  const l2 = 0.5;
  const layers = [
    dense(3, { activation: 'softmax', kernel_regularizer: { class_name: 'L2', config: { l2 } } }),
  ];
  const training = new Training(get(), graphOf(layers), settingsOf());
  const [kernel] = Object.values(weightsOf(training));
  const squares = (kernel ?? []).reduce((sum, weight) => sum + weight * weight, 0);
  const losses = [];
  for (const penalties of [true, false]) {
    const evaluator = new Evaluator(training, validation, { penalties });
    losses.push((await evaluator.evaluate())['loss'] ?? Number.NaN);
    evaluator.dispose();
  }
  training.dispose();
  expect((losses[0] ?? 0) - (losses[1] ?? 0)).toBeCloseTo(l2 * squares, 5);
});

test('full statistics have the ratio of updates to weights', async () => {
  const rate = 0.25;
  const given = { batchSize: 40, epochs: 1, optimizer: { name: 'sgd' as const, learningRate: rate } };
  const statistics = { normsEverySteps: null, fullEverySteps: 1 };
  const training = new Training(get(), small, settingsOf({ ...given, statistics }));
  const before = Object.values(weightsOf(training)).flat();
  const [told] = await new Promise<readonly object[][]>((resolve, reject) => {
    const seen: object[][] = [];
    fit(training, { train, onStep: ({ layers }) => seen.push([...layers]) }).then(() => {
      resolve(seen);
    }, reject);
  });
  const after = Object.values(weightsOf(training)).flat();
  training.dispose();
  const norm = (values: readonly number[]): number => Math.hypot(...values);
  // Of the weights as the update leaves them.
  const ratio = norm(after.map((value, at) => value - (before[at] ?? 0))) / norm(after);
  expect(told).toEqual([expect.objectContaining({ updateRatio: expect.closeTo(ratio, 5) })]);
});

test('matrices and exactness are told at the end of an epoch', async () => {
  const metrics = [{ name: 'confusionMatrix' as const }];
  const { epochs } = await run(get(), small, { epochs: 1, metrics }, { train, validation });
  const [event] = epochs;
  const matrix = event?.results['valConfusionMatrix'];
  expect(matrix?.isExact).toBe(true);
  expect((matrix?.value as number[][]).flat().reduce((sum, count) => sum + count, 0)).toBe(24);
});

test('the series of validation are told apart from those of training', async () => {
  const metrics = [{ name: 'accuracy' as const, label: 'validity' }];
  const { epochs } = await run(get(), small, { epochs: 1, metrics }, { train, validation });
  expect(Object.keys(epochs[0]?.validation ?? {})).toEqual(['valLoss', 'valValidity']);
  expect(epochs[0]?.metrics).toMatchObject(epochs[0]?.validation ?? {});
  const without = await run(get(), small, { epochs: 1, metrics }, { train });
  expect(without.epochs[0]?.validation).toEqual({});
});

test('a model of which nothing would change is refused', () => {
  const frozen = graphOf([dense(3, { trainable: false, name: 'head' })]);
  expect(() => new Training(get(), frozen, settingsOf())).toThrow(
    expect.objectContaining({ code: 'MODEL_INVALID', detail: expect.stringContaining('head') }),
  );
});
