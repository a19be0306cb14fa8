// Models with several outputs: their losses, weights and metrics, and settings that do not fit them.

import { describe, expect, test } from '@jest/globals';
import type { TrainingSettingsInput } from '@gradstream/contracts';
import { useEngine } from '../testing/engine.js';
import { dense, graphFrom, graphOf, run, settingsOf, weightsOf } from '../testing/trainings.js';
import { arrayData } from './data.js';
import { Evaluator, predict } from './evaluate.js';
import { Training } from './training.js';

const get = useEngine();

/** A body with two heads: a class and a number. */
const graph = graphFrom({
  inputs: [{ name: 'x', shape: [4] }],
  layers: {
    body: { type: 'dense', units: 6, activation: 'tanh', inputs: 'x' },
    kind: { type: 'dense', units: 3, activation: 'softmax', inputs: 'body' },
    price: { type: 'dense', units: 1, inputs: 'body' },
  },
  outputs: ['kind', 'price'],
});

const COUNT = 20;
const kinds = Int32Array.from({ length: COUNT }, (_, i) => i % 3);
const prices = Float32Array.from({ length: COUNT }, (_, i) => Math.cos(i));
const data = arrayData({
  inputs: { values: Float32Array.from({ length: 4 * COUNT }, (_, i) => Math.sin(1.3 * i)), shape: [4] },
  targets: [
    { values: kinds, shape: [] },
    { values: prices, shape: [1] },
  ],
});

const losses: TrainingSettingsInput['loss'] = {
  outputs: {
    kind: { loss: 'sparseCategoricalCrossentropy', classWeights: [1, 2, 0.5] },
    price: { loss: 'meanSquaredError', weight: 0.25 },
  },
};
const metrics: TrainingSettingsInput['metrics'] = {
  outputs: { kind: ['accuracy'], price: [{ name: 'meanAbsoluteError', label: 'mae' }] },
};

test('the total is the weighted sum of the losses, and each metric that of its output', async () => {
  const training = new Training(get(), graph, settingsOf({ loss: losses, metrics, batchSize: 8 }));
  const [classes, numbers] = await predict(training, data);
  const evaluator = new Evaluator(training, data);
  const told = await evaluator.evaluate();
  evaluator.dispose();
  training.dispose();

  // In float64, of the predictions.
  const mean = (of: (i: number) => number): number =>
    Array.from({ length: COUNT }, (_, i) => of(i)).reduce((sum, value) => sum + value, 0) / COUNT;
  const p = (i: number, k: number): number => classes?.values[3 * i + k] ?? Number.NaN;
  const weights = [1, 2, 0.5];
  const kind = mean((i) => (weights[i % 3] ?? 0) * -Math.log(p(i, i % 3)));
  const price = mean((i) => ((numbers?.values[i] ?? 0) - Math.cos(i)) ** 2);
  expect(told['kind_loss']).toBeCloseTo(kind, 5);
  expect(told['price_loss']).toBeCloseTo(price, 5);
  expect(told['loss']).toBeCloseTo(kind + 0.25 * price, 5);
  const isLargest = (i: number): boolean => [0, 1, 2].every((k) => p(i, k) <= p(i, i % 3));
  expect(told['kind_accuracy']).toBeCloseTo(
    mean((i) => Number(isLargest(i))),
    6,
  );
  expect(told['price_mae']).toBeCloseTo(
    mean((i) => Math.abs((numbers?.values[i] ?? 0) - Math.cos(i))),
    5,
  );
});

test('both heads and the body learn; an output without a loss has no part', async () => {
  const optimizer = { name: 'adam' as const, learningRate: 0.03 };
  const both = await run(get(), graph, { loss: losses, optimizer, epochs: 30 }, { train: data });
  expect(both.metrics['kind_loss']).toBeLessThan(both.steps[0]?.metrics['kind_loss'] ?? 0);
  expect(both.metrics['price_loss']).toBeLessThan(0.5 * (both.steps[0]?.metrics['price_loss'] ?? 0));

  const one: TrainingSettingsInput['loss'] = { outputs: { price: { loss: 'meanSquaredError' } } };
  const fresh = new Training(get(), graph, settingsOf({ loss: one }));
  const before = weightsOf(fresh);
  fresh.dispose();
  const { arrays } = data;
  const train = arrayData({ inputs: arrays?.inputs ?? [], targets: { values: prices, shape: [1] } });
  const { weights } = await run(get(), graph, { loss: one, optimizer, epochs: 1 }, { train });
  expect(weights['kind/kernel']).toEqual(before['kind/kernel']);
  expect(weights['price/kernel']).not.toEqual(before['price/kernel']);
});

test('accumulated, they equal the large batch while all samples count alike, and are refused otherwise', async () => {
  const given = { epochs: 2, shuffle: false, optimizer: { name: 'sgd' as const, learningRate: 0.1 } };
  const whole = await run(get(), graph, { ...given, loss: losses, batchSize: COUNT }, { train: data });
  const parts = await run(
    get(),
    graph,
    { ...given, loss: losses, batchSize: 5, accumulate: 4 },
    { train: data },
  );
  for (const [name, values] of Object.entries(whole.weights))
    values.forEach((value, at) => {
      expect(parts.weights[name]?.[at]).toBeCloseTo(value, 6);
    });

  const ignoring: TrainingSettingsInput['loss'] = {
    outputs: {
      kind: { loss: { name: 'sparseCategoricalCrossentropy', ignoreClass: 1 } },
      price: { loss: 'meanSquaredError' },
    },
  };
  await expect(run(get(), graph, { loss: ignoring, accumulate: 2 }, { train: data })).rejects.toMatchObject({
    code: 'VALIDATION_FAILED',
    detail: expect.stringContaining('several outputs'),
  });
});

describe('settings that do not fit are refused, with their place', () => {
  const mse = { loss: 'meanSquaredError' as const };
  const crossentropy = { loss: 'sparseCategoricalCrossentropy' as const };
  test.each<[string, Partial<TrainingSettingsInput>, string]>([
    ['one loss', { loss: 'meanSquaredError' }, '/loss'],
    ['no loss', { loss: { outputs: {} } }, '/loss/outputs'],
    ['a loss of no output', { loss: { outputs: { 'a/b': mse } } }, '/loss/outputs/a~1b'],
    ['class weights of no output', { loss: losses, classWeights: [1, 2] }, '/classWeights'],
    [
      'factors of fewer classes than there are',
      { loss: { outputs: { kind: { ...crossentropy, classWeights: [1, 2] } } } },
      '/loss/outputs/kind/classWeights',
    ],
    [
      'factors of classes for a number',
      { loss: { outputs: { price: { ...mse, classWeights: [1, 2] } } } },
      '/loss/outputs/price/classWeights',
    ],
    ['metrics of no output', { loss: losses, metrics: ['accuracy'] }, '/metrics'],
    [
      'metrics of an unknown output',
      { loss: losses, metrics: { outputs: { kin: ['accuracy'] } } },
      '/metrics/outputs/kin',
    ],
    [
      'metrics without a loss',
      { loss: { outputs: { price: mse } }, metrics: { outputs: { kind: ['accuracy'] } } },
      '/metrics/outputs/kind',
    ],
  ])('%s', (_, given, pointer) => {
    expect(() => new Training(get(), graph, settingsOf(given))).toThrow(
      expect.objectContaining({ code: 'VALIDATION_FAILED', errors: [expect.objectContaining({ pointer })] }),
    );
  });

  test('two factors are those of the classes that one unit tells apart', () => {
    const unit = graphOf([dense(1, { activation: 'sigmoid' })]);
    const given = (classWeights: number[]) => settingsOf({ loss: 'binaryCrossentropy', classWeights });
    new Training(get(), unit, given([1, 2])).dispose();
    expect(() => new Training(get(), unit, given([1, 2, 3]))).toThrow(
      expect.objectContaining({ errors: [expect.objectContaining({ pointer: '/classWeights' })] }),
    );
  });

  test('a metric cannot take the name of the loss', () => {
    expect(() => settingsOf({ metrics: [{ name: 'accuracy', label: 'loss' }] })).toThrow(
      /name of another series/,
    );
  });

  test.each([
    ['targets', arrayData({ inputs: { values: new Float32Array(8), shape: [4] } }), /0 targets/],
    [
      'the size of a target',
      arrayData({
        inputs: { values: new Float32Array(8), shape: [4] },
        targets: [
          { values: new Int32Array(2), shape: [] },
          { values: new Float32Array(4), shape: [2] },
        ],
      }),
      /target of "price".*takes 1/,
    ],
    [
      'sample weights',
      arrayData({
        inputs: { values: new Float32Array(8), shape: [4] },
        targets: [
          { values: new Int32Array(2), shape: [] },
          { values: new Float32Array(2), shape: [1] },
        ],
        weights: [null, null, { values: new Float32Array(2), shape: [] }],
      }),
      /weights for 3 outputs/,
    ],
  ])('%s', async (_, train, message) => {
    await expect(run(get(), graph, { loss: losses }, { train })).rejects.toMatchObject({
      code: 'VALIDATION_FAILED',
      detail: expect.stringMatching(message),
    });
  });
});

test('a penalty on what a softmax gives is one on probabilities, not on logits', async () => {
  const l2 = 0.3;
  const regularizer = { class_name: 'L2', config: { l2 } };
  const one = graphOf([dense(3, { activation: 'softmax', activity_regularizer: regularizer })]);
  const training = new Training(get(), one, settingsOf());
  const { arrays } = data;
  const given = arrayData({ inputs: arrays?.inputs ?? [], targets: { values: kinds, shape: [] } });
  const [predicted] = await predict(training, given);
  const evaluator = new Evaluator(training, given);
  const { loss } = await evaluator.evaluate(COUNT);
  evaluator.dispose();
  training.dispose();
  const p = [...(predicted?.values ?? [])];
  const crossentropy = kinds.reduce((sum, kind, i) => sum - Math.log(p[3 * i + kind] ?? 0), 0) / COUNT;
  // Keras's activity regularizer: the penalty of the whole output, over the batch size.
  const penalty = (l2 * p.reduce((sum, value) => sum + value * value, 0)) / COUNT;
  expect(loss).toBeCloseTo(crossentropy + penalty, 5);
});

test('statistics of a layer that is called twice take in both calls, one after the other', async () => {
  const momentum = 0.9;
  const shared = graphFrom({
    inputs: [
      { name: 'a', shape: [2] },
      { name: 'b', shape: [2] },
    ],
    layers: {
      norm: { type: 'batchNormalization', momentum, calls: ['a', 'b'] },
      sum: { type: 'add', inputs: ['norm', 'norm:1'] },
      out: { type: 'dense', units: 1, inputs: 'sum' },
    },
    outputs: 'out',
  });
  const [a, b] = [Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8), Float32Array.of(10, 0, 20, 0, 30, 0, 40, 4)];
  const train = arrayData({
    inputs: [
      { values: a, shape: [2] },
      { values: b, shape: [2] },
    ],
    targets: { values: new Float32Array(4), shape: [1] },
  });
  const { weights } = await run(
    get(),
    shared,
    { loss: 'meanSquaredError', batchSize: 4, epochs: 1 },
    { train },
  );
  // Means of the columns: of a 4 and 5, of b 25 and 1; the moving mean starts at 0.
  const expected = [4, 5].map((first, column) => {
    const second = [25, 1][column] ?? 0;
    return momentum * ((1 - momentum) * first) + (1 - momentum) * second;
  });
  weights['norm/moving_mean']?.forEach((value, column) => {
    expect(value).toBeCloseTo(expected[column] ?? Number.NaN, 5);
  });
  expect(weights['norm/moving_mean']).toHaveLength(2);
});
