// A stop at any moment changes nothing: the resumed run ends with the bytes of one that was never stopped.

import { describe, expect, jest, test } from '@jest/globals';
import {
  optimizerSettingsSchema,
  type OptimizerName,
  type TrainingSettingsInput,
} from '@gradstream/contracts';
import type { ModelGraph } from '@gradstream/models';
import fc from 'fast-check';
import { listCheckpoints, openCheckpoint } from '../checkpoint/checkpoint.js';
import { useEngine } from '../testing/engine.js';
import {
  dense,
  dropout,
  graphOf,
  inFolder,
  layer,
  mlp,
  run,
  SPEC,
  wedges,
  type Ran,
} from '../testing/trainings.js';
import { arrayData, type TrainingData } from './data.js';

const get = useEngine();
jest.setTimeout(60_000); // Each optimizer is traced a dozen times.
const EPOCHS = 3;
const [SAMPLES, BATCH] = [50, 8];
const BATCHES = EPOCHS * Math.ceil(SAMPLES / BATCH);

/** Runs whole, and stopped before a call and resumed; the two must end alike. */
async function expectExact(
  graph: ModelGraph,
  given: Partial<TrainingSettingsInput>,
  stopBeforeCall: number,
  train: TrainingData = wedges(SAMPLES),
): Promise<void> {
  const data = { train, validation: wedges(20) };
  const settings = { batchSize: BATCH, epochs: EPOCHS, ...given };
  const whole = await run(get(), graph, settings, data);
  await inFolder(async (folder) => {
    const checkpoints = { folder, ...SPEC };
    let calls = 0;
    const first = await run(get(), graph, settings, {
      ...data,
      checkpoints,
      shouldStop: () => calls++ >= stopBeforeCall,
    });
    expect(first.reason).toBe('stopped');
    const newest = (await listCheckpoints(folder)).at(-1);
    const resumeFrom = await openCheckpoint(newest?.folder ?? '');
    try {
      const second = await run(get(), graph, settings, { ...data, checkpoints, resumeFrom });
      expect(second.inexact).toEqual([]);
      expect(second.weights).toEqual(whole.weights);
      expect(second.metrics).toEqual(whole.metrics);
      const told = ({ steps }: Ran) =>
        steps.map(({ step, metrics, learningRate }) => ({ step, metrics, learningRate }));
      expect([...told(first), ...told(second)]).toEqual(told(whole));
    } finally {
      await resumeFrom.close();
    }
  });
}

const optimizers: readonly OptimizerName[] = [
  ...(['sgd', 'adam', 'adamW', 'nadam', 'adamax', 'rmsprop', 'adagrad', 'adadelta'] as const),
  ...(['adafactor', 'ftrl', 'lion', 'lamb', 'muon', 'scheduleFreeAdamW'] as const),
];

/** Batches after which the optimizers are stopped: other ones for each, and the same in each run of the test. */
const places = fc.sample(fc.integer({ min: 1, max: BATCHES - 1 }), {
  numRuns: 4 * optimizers.length,
  seed: 7,
});

describe.each(optimizers.map((name, index) => ({ name, index })))('$name', ({ name, index }) => {
  // With the state that options add: momentum, centered variances, AMSGrad.
  const more = {
    sgd: { momentum: 0.9 },
    rmsprop: { momentum: 0.5, centered: true },
    adam: { amsgrad: true },
  };
  const optimizer = optimizerSettingsSchema.parse({
    name,
    ...(name in more ? more[name as keyof typeof more] : {}),
  });

  test.each(['float32', 'bfloat16'] as const)('%s, stopped anywhere', async (precision) => {
    const at = 4 * index + (precision === 'float32' ? 0 : 2);
    const metrics: ['accuracy'] = ['accuracy'];
    await expectExact(graphOf(mlp), { optimizer, precision, metrics }, places[at] ?? 1);
    // Batches of an update: 3, so that two stops of three are in the middle of an accumulation.
    await expectExact(graphOf(mlp), { optimizer, precision, accumulate: 3 }, places[at + 1] ?? 1);
  });
});

test('every optimizer of the settings is among them', () => {
  const known = optimizerSettingsSchema.safeParse('none of them').error?.issues[0];
  const told = known && 'options' in known ? known.options : [];
  expect([...optimizers].sort()).toEqual([...(told as string[])].sort());
});

test.each([1, 2, 3, 4, 7, 13])('in the middle of an accumulation, before batch %i', async (batch) => {
  await expectExact(graphOf(mlp), { optimizer: 'adam', accumulate: 3 }, batch);
});

test('with averages, a schedule, early stopping and regularizers', async () => {
  const layers = [
    dense(8, { activation: 'tanh', kernel_regularizer: 'l2' }),
    dense(3, { activation: 'softmax' }),
  ];
  const given: Partial<TrainingSettingsInput> = {
    optimizer: { name: 'adamW', ema: { momentum: 0.9 } },
    schedule: { name: 'cosine', warmupSteps: 4 },
    earlyStopping: { patience: 2, restoreBest: true },
    reduceOnPlateau: { patience: 1, factor: 0.5 },
    batchSize: 16,
    epochs: 6,
  };
  for (const call of [3, 11]) await expectExact(graphOf(layers), given, call);
});

test('moving statistics and sample weights', async () => {
  const layers = [dense(8), layer('BatchNormalization'), dropout, dense(3, { activation: 'softmax' })];
  const { arrays } = wedges(SAMPLES);
  const values = Float32Array.from({ length: SAMPLES }, (_, index) => 0.5 + (index % 3));
  const weighted = arrayData({
    inputs: arrays?.inputs ?? [],
    targets: arrays?.targets ?? [],
    weights: { values, shape: [] },
  });
  await expectExact(graphOf(layers), { optimizer: 'adam', metrics: ['accuracy'] }, 9, weighted);
});

test('several steps a call, with calls of other lengths after the stop', async () => {
  // 12 batches an epoch, 5 a call: calls of 5, 5 and 2, and of one where a checkpoint is due.
  const given = { batchSize: 4, stepsPerCall: 5, checkpoints: { everySteps: 9 } };
  for (const call of [1, 2, 4]) await expectExact(graphOf(mlp), given, call, wedges(48));
});

test('with an executor that was chosen by trial', async () => {
  await expectExact(graphOf(mlp), { executor: 'auto' }, 4);
});

test('with every other executor, which the checkpoint names', async () => {
  for (const executor of ['xla', 'eager'] as const) {
    await expectExact(graphOf([dense(3, { activation: 'softmax' })]), { executor }, 4);
    await inFolder(async (folder) => {
      const train = wedges(16);
      const checkpoints = { folder, ...SPEC };
      const ran = await run(get(), graphOf(mlp), { executor, epochs: 1 }, { train, checkpoints });
      expect(ran.checkpoints.map(({ manifest }) => manifest.execution.executor)).toEqual([executor]);
    });
  }
});

describe('another training is refused', () => {
  const train = wedges(SAMPLES);
  test.each([
    ['batch size', { batchSize: 16 }, train, /"batchSize":8.*"batchSize":16/],
    ['accumulation', { batchSize: 8, accumulate: 2 }, train, /"accumulate":1.*"accumulate":2/],
    ['number of samples', { batchSize: 8 }, wedges(40), /"samples":50.*"samples":40/],
    ['seed', { batchSize: 8, seed: 1 }, train, /another spec or seed/],
  ])('of another %s', async (_, given, data, message) => {
    await inFolder(async (folder) => {
      const checkpoints = { folder, ...SPEC };
      await run(get(), graphOf(mlp), { batchSize: BATCH, epochs: 1 }, { train, checkpoints });
      const resumeFrom = await openCheckpoint((await listCheckpoints(folder)).at(-1)?.folder ?? '');
      const running = run(
        get(),
        graphOf(mlp),
        { epochs: 2, ...given },
        { train: data, checkpoints, resumeFrom },
      );
      await expect(running).rejects.toMatchObject({
        code: 'CHECKPOINT_INVALID',
        detail: expect.stringMatching(message),
      });
      await resumeFrom.close();
    });
  });

  test('what makes it inexact is told before the first step', async () => {
    await inFolder(async (folder) => {
      const checkpoints = { folder, ...SPEC };
      await run(get(), graphOf(mlp), { batchSize: BATCH, epochs: 1 }, { train, checkpoints });
      const resumeFrom = await openCheckpoint((await listCheckpoints(folder)).at(-1)?.folder ?? '');
      const { manifest } = resumeFrom;
      const elsewhere = { ...manifest, execution: { ...manifest.execution, intraOpThreads: 64 } };
      const { inexact } = await run(
        get(),
        graphOf(mlp),
        { batchSize: BATCH, epochs: 2 },
        { train, resumeFrom: { ...resumeFrom, manifest: elsewhere } },
      );
      expect(inexact).toEqual(['intraOpThreads was 64, is 1']);
      await resumeFrom.close();
    });
  });
});
