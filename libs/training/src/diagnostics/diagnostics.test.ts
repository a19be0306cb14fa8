import { describe, expect, test } from '@jest/globals';
import {
  lossSettingsSchema,
  trainingSettingsSchema,
  type TrainingSettingsInput,
} from '@gradstream/contracts';
import { parseModel, type ModelGraph } from '@gradstream/models';
import { arrayData, type Samples } from '../fit/data.js';
import { Training } from '../fit/training.js';
import { useEngine } from '../testing/engine.js';
import { checkInitialLoss } from './initialLoss.js';
import { learningRateRange, smooth, steepest } from './learningRateRange.js';
import { lowestLoss } from './lowestLoss.js';
import { overfitOneBatch } from './overfit.js';
import { traceBackpropagation } from './trace.js';

const get = useEngine();

function graphOf(...layers: readonly (readonly [string, object])[]): ModelGraph {
  const parsed = parseModel({
    class_name: 'Sequential',
    config: { layers: layers.map(([class_name, config]) => ({ class_name, config })) },
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.graph;
}
const settingsOf = (given: Partial<TrainingSettingsInput> = {}) =>
  trainingSettingsSchema.parse({ loss: 'sparseCategoricalCrossentropy', ...given });

const classifier = (scale = 'glorot_uniform'): ModelGraph =>
  graphOf(
    ['InputLayer', { batch_shape: [null, 4] }],
    ['Dense', { units: 16, activation: 'relu', kernel_initializer: scale }],
    ['Dense', { units: 5, activation: 'softmax' }],
  );

/** Samples whose class is the place of the largest of four values, or 4 where all are negative. */
function samples(count: number, factor = 1): Samples {
  const x = Float32Array.from({ length: count * 4 }, (_, i) => factor * Math.sin(2.3 * i + 0.1 * i * i));
  const y = Int32Array.from({ length: count }, (_, i) => {
    const row = [...x.subarray(4 * i, 4 * i + 4)];
    const most = Math.max(...row);
    return most < 0 ? 4 : row.indexOf(most);
  });
  return arrayData({ inputs: { values: x, shape: [4] }, targets: { values: y, shape: [] } }).take(
    Uint32Array.from({ length: count }, (_, i) => i),
  );
}
const dataOf = ({ inputs, targets }: Samples) => arrayData({ inputs, targets });

describe('initial loss', () => {
  test('of a fresh classifier it is about ln K', async () => {
    const training = new Training(get(), classifier(), settingsOf());
    const result = await checkInitialLoss(training, dataOf(samples(64)));
    training.dispose();
    expect(result.expected).toBeCloseTo(Math.log(5), 12);
    expect(result.verdict).toBe('plausible');
  });

  test('inputs that are not scaled make it too high', async () => {
    const training = new Training(get(), classifier(), settingsOf());
    const result = await checkInitialLoss(training, dataOf(samples(64, 1000)));
    training.dispose();
    expect(result.verdict).toBe('tooHigh');
    expect(result.measured).toBeGreaterThan(2 * Math.log(5));
  });
});

describe('one batch by heart', () => {
  test('a network that can learn does', async () => {
    const settings = settingsOf({ optimizer: { name: 'adam', learningRate: 0.03 } });
    const result = await overfitOneBatch(get(), classifier(), settings, samples(16));
    expect(result.learned).toBe(true);
    expect(result.lastLoss).toBeLessThan(0.05 * result.firstLoss);
  });

  test('a network whose units are dead does not, and it is said', async () => {
    const dead = graphOf(
      ['InputLayer', { batch_shape: [null, 4] }],
      [
        'Dense',
        {
          units: 16,
          activation: 'relu',
          bias_initializer: { class_name: 'Constant', config: { value: -100 } },
        },
      ],
      ['Dense', { units: 5, activation: 'softmax', use_bias: false }],
    );
    const result = await overfitOneBatch(get(), dead, settingsOf(), samples(16), { steps: 30 });
    expect(result).toMatchObject({
      learned: false,
      steps: 30,
      explanation: expect.stringContaining('no gradient flows'),
    });
  });
});

describe('one batch by heart, with losses that do not end at 0', () => {
  const numbers = samples(8);
  const directions = { values: Float32Array.from({ length: 24 }, (_, i) => Math.cos(i)), shape: [3] };
  const linear = graphOf(
    ['InputLayer', { batch_shape: [null, 4] }],
    ['Dense', { units: 16, activation: 'tanh' }],
    ['Dense', { units: 3 }],
  );
  const settings = settingsOf({
    loss: 'cosineSimilarity',
    optimizer: { name: 'muon', learningRate: 0.02 },
    limits: { steps: 5 }, // Of the training, not of this test.
  });

  test('cosine similarity, whose least is -1', async () => {
    const batch = { ...numbers, targets: [directions] };
    const result = await overfitOneBatch(get(), linear, settings, batch);
    expect(result).toMatchObject({ learned: true, lowestLoss: -1 });
    expect(result.lastLoss).toBeLessThan(-0.9);
    expect(result.steps).toBeGreaterThan(5);
  });

  test('what hinders it is named', async () => {
    const hindered = graphOf(
      ['InputLayer', { batch_shape: [null, 4] }],
      ['Dense', { units: 16, kernel_regularizer: 'l2' }],
      ['Dropout', { rate: 0.5, name: 'half' }],
      ['Dense', { units: 5, activation: 'softmax' }],
    );
    const { learned, explanation } = await overfitOneBatch(get(), hindered, settingsOf(), numbers, {
      steps: 5,
    });
    expect(learned).toBe(false);
    expect(explanation).toMatch(/without half/);
    expect(explanation).toMatch(/Regularizers/);
  });

  // The least of each loss over a grid of outputs, by the loss's formula in float64.
  const least = (of: (y: number) => number): number =>
    Math.min(...Array.from({ length: 100_000 }, (_, i) => of((i + 0.5) / 100_000)));
  const targetOf = (values: readonly number[], shape = [1]) => ({ values: Float32Array.from(values), shape });
  test.each([
    ['poisson', { loss: 'poisson' as const }, [0.5, 0.25], (t: number) => least((y) => y - t * Math.log(y))],
    [
      'binary, smoothed',
      { loss: { name: 'binaryCrossentropy' as const, labelSmoothing: 0.25 } },
      [0, 1],
      (t: number) => {
        const p = t * 0.75 + 0.125;
        return least((y) => -p * Math.log(y) - (1 - p) * Math.log(1 - y));
      },
    ],
    ['squares', { loss: 'meanSquaredError' as const }, [1, 3], () => 0],
  ])('the lowest loss: %s', (_, given, targets, of) => {
    const expected = targets.reduce((sum, target) => sum + of(target), 0) / targets.length;
    const { loss } = settingsOf(given);
    if ('outputs' in loss) throw new Error('one loss');
    expect(lowestLoss(loss, targetOf(targets))).toBeCloseTo(expected, 6);
  });

  test('the lowest loss: two classes with a label between them', () => {
    const p = 0.2;
    const expected = least((y) => -p * Math.log(y) - (1 - p) * Math.log(1 - y));
    const loss = lossSettingsSchema.parse('categoricalCrossentropy');
    expect(lowestLoss(loss, targetOf([p, 1 - p], [2]))).toBeCloseTo(expected, 6);
  });
});

describe('learning-rate range', () => {
  test('of a loss below 0', async () => {
    const { arrays } = arrayData({
      inputs: samples(64).inputs,
      targets: { values: Float32Array.from({ length: 192 }, (_, i) => Math.cos(i % 12)), shape: [3] },
    });
    const data = arrayData({ inputs: arrays?.inputs ?? [], targets: arrays?.targets ?? [] });
    const linear = graphOf(['InputLayer', { batch_shape: [null, 4] }], ['Dense', { units: 3 }]);
    const settings = settingsOf({ loss: 'cosineSimilarity', batchSize: 16 });
    const { points, diverges } = await learningRateRange(get(), linear, settings, data, { steps: 30 });
    // It lies between -1 and 1 whatever the rate, so that it cannot explode.
    expect([points.length, diverges]).toEqual([30, null]);
  });

  test('finds a rate at which the loss falls, below the one at which it explodes', async () => {
    const settings = settingsOf({ optimizer: { name: 'sgd' }, batchSize: 16 });
    const result = await learningRateRange(get(), classifier(), settings, dataOf(samples(128)), {
      lowest: 1e-4,
      highest: 1e4,
      steps: 80,
    });
    const rates = result.points.map(({ learningRate }) => learningRate);
    // A geometric sequence of 80 terms from 1e-4 to 1e4: each is 10^(8 / 79) times the one before.
    expect((rates[1] ?? 0) / (rates[0] ?? 1)).toBeCloseTo(10 ** (8 / 79), 5);
    expect(result.diverges).not.toBeNull();
    expect(result.suggested).toBeGreaterThan(1e-3);
    expect(result.suggested).toBeLessThan(result.diverges ?? 0);
  });

  test('smoothing is without bias, and the steepest place is found', () => {
    smooth([3, 3, 3]).forEach((value) => {
      expect(value).toBeCloseTo(3, 12);
    });
    expect(smooth([0, 1])[1]).toBeCloseTo(0.1 / 0.19, 12);
    const points = Array.from({ length: 40 }, (_, i) => {
      const smoothed = 1 / (1 + Math.exp(i - 20)); // Falls fastest at 20.
      return { learningRate: Math.exp(i), loss: smoothed, smoothed };
    });
    expect(steepest(points)).toBeCloseTo(Math.exp(20), 0);
  });
});

describe('trace', () => {
  test('every number is that of the chain rule', () => {
    // One input, one hidden sigmoid unit, one linear output, squared error: small enough to do by hand in float64.
    const constant = (value: number): object => ({ class_name: 'Constant', config: { value } });
    const graph = graphOf(
      ['InputLayer', { batch_shape: [null, 1] }],
      [
        'Dense',
        {
          name: 'hidden',
          units: 1,
          activation: 'sigmoid',
          kernel_initializer: constant(0.5),
          bias_initializer: constant(0.1),
        },
      ],
      [
        'Dense',
        { name: 'out', units: 1, kernel_initializer: constant(-0.3), bias_initializer: constant(0.2) },
      ],
    );
    const [x, target, rate] = [2, 1, 0.1];
    const z = 0.5 * x + 0.1;
    const a = 1 / (1 + Math.exp(-z));
    const y = -0.3 * a + 0.2;
    const dy = 2 * (y - target);
    const dz = dy * -0.3 * a * (1 - a);

    const settings = settingsOf({ loss: 'meanSquaredError', optimizer: { name: 'sgd', learningRate: rate } });
    const training = new Training(get(), graph, settings);
    const weights = () => training.network.weights.map(({ variable }) => [...variable.dataSync()]);
    const before = weights();
    const one = (values: number[]) => ({ values: Float32Array.from(values), shape: [1] });
    const trace = traceBackpropagation(training, {
      count: 1,
      inputs: [one([x])],
      targets: [one([target])],
      weights: [],
    });
    expect(weights()).toEqual(before);
    training.dispose();

    expect(trace.loss).toBeCloseTo((y - target) ** 2, 6);
    const [hidden, out] = trace.calls;
    const near = (actual: { values: readonly number[] } | null | undefined, expected: number) => {
      expect(actual?.values).toHaveLength(1);
      expect(actual?.values[0]).toBeCloseTo(expected, 6);
    };
    near(hidden?.preActivation, z);
    near(hidden?.output, a);
    near(hidden?.derivative, a * (1 - a));
    near(hidden?.outputDelta, dy * -0.3);
    near(hidden?.preActivationDelta, dz);
    near(hidden?.weights[0]?.gradient, dz * x);
    near(hidden?.weights[0]?.updated, 0.5 - rate * dz * x);
    near(hidden?.weights[1]?.gradient, dz);
    near(out?.output, y);
    near(out?.outputDelta, dy);
    near(out?.weights[0]?.gradient, dy * a);
    expect(hidden?.activation).toBe('sigmoid');
  });

  test('with a fused softmax the delta of the logits is the probabilities less the target', () => {
    const training = new Training(get(), classifier(), settingsOf());
    const batch = samples(3);
    const trace = traceBackpropagation(training, batch);
    training.dispose();
    const out = trace.calls.at(-1);
    expect(out?.outputDelta).toBeNull();
    out?.output.values.forEach((probability, at) => {
      const isTarget = batch.targets[0]?.values[Math.floor(at / 5)] === at % 5;
      const expected = (probability - (isTarget ? 1 : 0)) / 3;
      expect(out.preActivationDelta?.values[at]).toBeCloseTo(expected, 5);
    });
  });

  test('what is too large to look at is refused', () => {
    const large = graphOf(['InputLayer', { batch_shape: [null, 4] }], ['Dense', { units: 30_000 }]);
    const training = new Training(get(), large, settingsOf({ loss: 'meanSquaredError' }));
    expect(() => traceBackpropagation(training, samples(1))).toThrow(/the limit is 100000/);
    training.dispose();
  });
});
