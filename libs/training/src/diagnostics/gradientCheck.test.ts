import { describe, expect, test } from '@jest/globals';
import { trainingSettingsSchema, type TrainingSettingsInput } from '@gradstream/contracts';
import type { Tensor } from '@gradstream/engine';
import { parseModel, segmentsOf, type GraphNode, type ModelGraph } from '@gradstream/models';
import type { Samples } from '../fit/data.js';
import { Training } from '../fit/training.js';
import { layoutOf, upload } from '../fit/upload.js';
import { stepSeed } from '../network/seeds.js';
import { useEngine } from '../testing/engine.js';
import { differentiate } from './differences.js';
import {
  checkGradients,
  chosenElements,
  type GradientCheck,
  type GradientCheckOptions,
} from './gradientCheck.js';
import { movedLoss } from './movedLoss.js';

const get = useEngine();

function graphOf(...layers: readonly (readonly [string, object])[]): ModelGraph {
  const parsed = parseModel({
    class_name: 'Sequential',
    config: { layers: layers.map(([class_name, config]) => ({ class_name, config })) },
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.graph;
}
const inputOf = (...shape: number[]) => ['InputLayer', { batch_shape: [null, ...shape] }] as const;
const dense = (name: string, units: number, more: object = {}) =>
  ['Dense', { name, units, ...more }] as const;

/** Samples of some shape, of classes 0, 1 and 2. */
const samples = (count: number, shape: number[], scale = 1): Samples => {
  const size = shape.reduce((product, length) => product * length, 1);
  return {
    count,
    inputs: [
      {
        values: Float32Array.from(
          { length: count * size },
          (_, i) => scale * Math.sin(2.3 * i + 0.1 * i * i),
        ),
        shape,
      },
    ],
    targets: [{ values: Int32Array.from({ length: count }, (_, i) => (i * i) % 3), shape: [] }],
    weights: [null],
  };
};

/** Checks a fresh network, whose weights have to be as before afterwards. */
async function check(
  graph: ModelGraph,
  batch: Samples,
  given: Partial<TrainingSettingsInput> = {},
  options: GradientCheckOptions = {},
): Promise<GradientCheck> {
  const settings = trainingSettingsSchema.parse({ loss: 'sparseCategoricalCrossentropy', ...given });
  const training = new Training(get(), graph, settings);
  const weights = () => training.network.weights.map(({ variable }) => [...variable.dataSync()]);
  const before = weights();
  try {
    const result = await checkGradients(training, batch, options);
    expect(weights()).toEqual(before);
    return result;
  } finally {
    training.dispose();
  }
}

/** The graph with another computation in the place of a layer's. */
const planted = (
  graph: ModelGraph,
  layer: string,
  call: (call: GraphNode['plan']['call']) => GraphNode['plan']['call'],
): ModelGraph => ({
  ...graph,
  nodes: graph.nodes.map((node) =>
    node.layer.name === layer ? { ...node, plan: { ...node.plan, call: call(node.plan.call) } } : node,
  ),
});

/** The same tensor, with a gradient that is wrong by a factor. */
const withWrongGradient = (x: Tensor, factor: number): Tensor =>
  get().tf.customGrad((...given) => ({
    value: (given[0] as Tensor).clone(),
    gradFunc: (dy: Tensor) => dy.mul(factor),
  }))(x);

const verdicts = ({ tensors }: GradientCheck): Record<string, string> =>
  Object.fromEntries(tensors.map(({ tensor, verdict }) => [tensor, verdict]));

const mlp = graphOf(
  inputOf(4),
  dense('first', 5, { activation: 'relu', kernel_regularizer: 'l2' }),
  ['Dropout', { rate: 0.25 }],
  dense('second', 4, { activation: 'tanh', activity_regularizer: 'l2' }),
  dense('third', 3, { activation: 'softmax' }),
);

describe('backpropagation agrees with differences', () => {
  test('in an MLP with dropout, regularizers and sample weights', async () => {
    const weights = [{ values: Float32Array.from({ length: 8 }, (_, i) => 0.5 + 0.25 * i), shape: [] }];
    const result = await check(mlp, { ...samples(8, [4]), weights }, {}, { elementsPerTensor: 100 });
    expect(result).toMatchObject({ arithmetic: 'float64', reason: null, agrees: true, tolerance: 1e-3 });
    expect(result.tensors.map(({ tensor, elements, checked }) => [tensor, elements, checked])).toEqual([
      ['first/kernel', 20, 20],
      ['first/bias', 5, 5],
      ['second/kernel', 20, 20],
      ['second/bias', 4, 4],
      ['third/kernel', 12, 12],
      ['third/bias', 3, 3],
    ]);
    // Rounding of float32 is far below the tolerance, so that there is a distance to what is wrong.
    for (const { worst } of result.tensors) expect(worst?.relativeError).toBeLessThan(1e-4);
    expect(result.explanation).toMatch(/all 64 elements/);
  });

  test('in a convolutional network with max pooling, of each tensor some elements', async () => {
    const cnn = graphOf(
      inputOf(8, 8, 2),
      ['Conv2D', { filters: 4, kernel_size: 3, activation: 'relu', padding: 'same' }],
      ['MaxPooling2D', { pool_size: 2 }],
      ['Conv2D', { filters: 3, kernel_size: 3, activation: 'gelu' }],
      ['Flatten', {}],
      dense('out', 3, { activation: 'softmax' }),
    );
    const result = await check(cnn, samples(4, [8, 8, 2]), {}, { elementsPerTensor: 10 });
    expect(result).toMatchObject({ arithmetic: 'float64', agrees: true });
    expect(result.tensors.map(({ elements, checked }) => [elements, checked])).toEqual([
      [72, 10],
      [4, 4],
      [108, 10],
      [3, 3],
      [36, 10],
      [3, 3],
    ]);
  });

  test('through batch normalization by the statistics of the batch, also recomputed', async () => {
    const normalized = graphOf(
      inputOf(4),
      dense('first', 5),
      ['BatchNormalization', { name: 'normalization' }],
      ['Activation', { activation: 'silu' }],
      dense('out', 3, { activation: 'softmax' }),
    );
    expect(segmentsOf(normalized, 'blocks')).not.toEqual([]);
    for (const recompute of ['none', 'blocks'] as const) {
      const result = await check(normalized, samples(16, [4]), { recompute });
      expect(result).toMatchObject({ arithmetic: 'float64', agrees: true });
    }
  });

  test('in an LSTM, whose fused kernel is float32 alone, after a mask', async () => {
    const recurrent = graphOf(
      inputOf(5, 2),
      ['Masking', { mask_value: 0 }],
      ['LSTM', { units: 3 }],
      dense('out', 3, { activation: 'softmax' }),
    );
    const batch = samples(4, [5, 2]);
    batch.inputs[0]?.values.fill(0, 6, 10); // The last two steps of the first sample are padding.
    expect(await check(recurrent, batch)).toMatchObject({ arithmetic: 'float64', agrees: true });
  });

  test('in float32 where an op has no float64, and it is said', async () => {
    const resized = graphOf(
      inputOf(4, 4, 1),
      ['Conv2D', { filters: 2, kernel_size: 3, padding: 'same', activation: 'tanh' }],
      ['UpSampling2D', { name: 'larger', size: 2, interpolation: 'bilinear' }],
      ['Flatten', {}],
      dense('out', 3, { activation: 'softmax' }),
    );
    const result = await check(resized, samples(4, [4, 4, 1]));
    expect(result).toMatchObject({ arithmetic: 'float32', agrees: true, tolerance: 3e-2 });
    expect(result.reason).toMatch(/^larger: ResizeBilinear/);
  });
});

describe('a wrong gradient is found', () => {
  test('of one tensor, by a thousandth part more than the tolerance', async () => {
    const wrong = planted(
      mlp,
      'second',
      (call) => (context, inputs) =>
        call(
          {
            ...context,
            weight: (name) =>
              name === 'kernel' ? withWrongGradient(context.weight(name), 1.002) : context.weight(name),
          },
          inputs,
        ),
    );
    const result = await check(wrong, samples(8, [4]));
    expect(result.agrees).toBe(false);
    expect(verdicts(result)).toEqual({
      'first/kernel': 'agrees',
      'first/bias': 'agrees',
      'second/kernel': 'differs',
      'second/bias': 'agrees',
      'third/kernel': 'agrees',
      'third/bias': 'agrees',
    });
    const found = result.tensors.find(({ tensor }) => tensor === 'second/kernel')?.worst;
    expect((found?.analytic ?? 0) / (found?.numeric ?? 1)).toBeCloseTo(1.002, 4);
    expect(found?.index).toHaveLength(2);
    expect(result.explanation).toMatch(/second\/kernel\[\d, \d\] has/);
  });

  test('of what a layer hands back, in all tensors before it', async () => {
    const wrong = planted(mlp, 'third', (call) => (context, [x, ...others]) => {
      if (!x) throw new Error('the layer has an input');
      return call(context, [withWrongGradient(x, -1), ...others]);
    });
    const { tensors } = await check(wrong, samples(8, [4]));
    const differing = tensors.filter(({ verdict }) => verdict === 'differs').map(({ tensor }) => tensor);
    expect(differing).toEqual(['first/kernel', 'first/bias', 'second/kernel', 'second/bias']);
  });

  test('when it is not a number', async () => {
    const wrong = planted(mlp, 'third', (call) => (context, [x, ...others]) => {
      if (!x) throw new Error('the layer has an input');
      return call(context, [withWrongGradient(x, Number.NaN), ...others]);
    });
    const result = await check(wrong, samples(8, [4]));
    expect(verdicts(result)).toMatchObject({ 'second/bias': 'differs', 'third/kernel': 'agrees' });
  });
});

test('a kink is no error: relu at exactly 0', async () => {
  // Without inputs all units of the first layer are at their biases, which are 0.
  const result = await check(mlp, samples(8, [4], 0));
  expect(verdicts(result)).toMatchObject({ 'first/bias': 'kink', 'second/bias': 'agrees' });
  const bias = result.tensors.find(({ tensor }) => tensor === 'first/bias');
  expect(bias).toMatchObject({ checked: 5, kinks: 5, worst: null });
  expect(result.agrees).toBe(true);
});

test('differences in float64 are those of a computation in float64 on the host', async () => {
  const graph = graphOf(inputOf(4), dense('out', 3, { activation: 'softmax', kernel_regularizer: 'l2' }));
  const batch = samples(8, [4]);
  const settings = trainingSettingsSchema.parse({ loss: 'sparseCategoricalCrossentropy' });
  const training = new Training(get(), graph, settings);
  const seed = get().tf.tensor1d([...stepSeed(0, 0)], 'int32');
  const tensors = [...upload(get(), graph, batch), seed];
  const [kernel = [], bias = []] = training.network.weights.map(({ variable }) => [...variable.dataSync()]);
  const x = batch.inputs[0]?.values ?? new Float32Array();
  const labels = batch.targets[0]?.values ?? new Int32Array();
  // ∂/∂W of the mean of −log softmax(xW + b)[label], with Keras's 0.01·ΣW², in plain arithmetic.
  const expected = [...kernel.map((w) => 2 * Math.fround(0.01) * w), 0, 0, 0];
  for (let row = 0; row < 8; row++) {
    const features = [...x.subarray(4 * row, 4 * row + 4)];
    const powers = [0, 1, 2].map((unit) =>
      Math.exp(
        features.reduce((sum, value, at) => sum + value * (kernel[3 * at + unit] ?? 0), bias[unit] ?? 0),
      ),
    );
    const total = powers.reduce((sum, power) => sum + power, 0);
    powers.forEach((power, unit) => {
      const slope = (power / total - (labels[row] === unit ? 1 : 0)) / 8;
      [...features, 1].forEach((value, at) => {
        expected[3 * at + unit] = (expected[3 * at + unit] ?? 0) + slope * value;
      });
    });
  }
  const loss = movedLoss(training, layoutOf(batch), tensors);
  expect(loss.arithmetic).toBe('float64');
  const h = 2 ** -16;
  for (const [element, wanted] of expected.entries()) {
    const values: number[] = [];
    for (const distance of [-h, -h / 2, 0, h / 2, h]) values.push(await loss.at(element, distance));
    const { derivative } = differentiate(values as [number, number, number, number, number], h);
    expect(Math.abs(derivative - wanted)).toBeLessThan(1e-9);
  }
  loss.dispose();
  get().tf.dispose(tensors);
  training.dispose();
});

describe('differences', () => {
  const at = (f: (x: number) => number, h: number) =>
    differentiate([f(-h), f(-h / 2), f(0), f(h / 2), f(h)], h);

  test('are exact for polynomials of the fourth degree, which have no kink', () => {
    const { derivative, irregularity } = at((x) => 2 + 3 * x - x ** 2 + 5 * x ** 3 + 7 * x ** 4, 2 ** -10);
    expect(derivative).toBeCloseTo(3, 9);
    expect(irregularity).toBeLessThan(1e-4);
  });

  test.each([0, 0.1, 0.25, 0.28, 0.3, 1 / 3, 0.45, 0.5, 0.7, 0.95])(
    'tell of a kink at %d of the step, as far as it is in the way',
    (share) => {
      const h = 2 ** -10;
      const { derivative, irregularity } = at((x) => x + Math.max(0, x - share * h), h);
      expect(irregularity).toBeGreaterThanOrEqual(Math.abs(derivative - 1) / 2);
      expect(irregularity).toBeGreaterThan(0.01);
    },
  );
});

test('elements are a function of the seed and the tensor, all of a small one', () => {
  expect(chosenElements(3, 5, 1, 0)).toEqual([0, 1, 2]);
  const chosen = chosenElements(1000, 20, 1, 0);
  expect(new Set(chosen).size).toBe(20);
  expect(chosen.every((element) => element >= 0 && element < 1000)).toBe(true);
  expect(chosenElements(1000, 20, 1, 0)).toEqual(chosen);
  expect(chosenElements(1000, 20, 1, 1)).not.toEqual(chosen);
  expect(chosenElements(1000, 20, 2, 0)).not.toEqual(chosen);
});

test('a number of elements that makes no sense is refused', async () => {
  await expect(check(mlp, samples(8, [4]), {}, { elementsPerTensor: 0 })).rejects.toMatchObject({
    code: 'VALIDATION_FAILED',
  });
});

describe('straight-through layers, whose gradient is no derivative', () => {
  const quantized = (config: object) =>
    ['Expression', { name: 'q', inputs: ['x'], formula: 'round(4 * x) / 4', ...config }] as const;
  const model = (...layers: readonly (readonly [string, object])[]) =>
    graphOf(
      inputOf(4),
      dense('first', 4),
      ...layers,
      dense('second', 4, { activation: 'tanh' }),
      dense('last', 3, { activation: 'softmax' }),
    );

  test('what comes before is skipped and says why, what comes after is compared', async () => {
    const graph = model(quantized({ backward: 'straightThrough' }));
    const result = await check(graph, samples(8, [4]));
    expect(result.agrees).toBe(true);
    expect(verdicts(result)).toEqual({
      'first/kernel': 'skipped',
      'first/bias': 'skipped',
      'second/kernel': 'agrees',
      'second/bias': 'agrees',
      'last/kernel': 'agrees',
      'last/bias': 'agrees',
    });
    expect(result.tensors[0]).toMatchObject({ checked: 0, worst: null, straightThrough: 'q' });
    expect(result.explanation).toMatch(/"q" is straight-through.*first\/kernel, first\/bias\.$/);
  });

  test('a wrong gradient after it is found all the same', async () => {
    const graph = planted(
      model(quantized({ backward: 'straightThrough' })),
      'second',
      (call) => (context, inputs) =>
        withWrongGradient(
          call(
            context,
            inputs.map((x) => x),
          ) as Tensor,
          1.5,
        ),
    );
    const result = await check(graph, samples(8, [4]));
    expect(result.agrees).toBe(false);
    expect(verdicts(result)).toMatchObject({ 'first/kernel': 'skipped', 'second/kernel': 'differs' });
    expect(result.explanation).toMatch(/second\/kernel.*left out: first\/kernel/);
  });

  test('weights of an expression that are rounded in it', async () => {
    const parameters = { w: { shape: ['features', 'features'], initializer: 'glorot_uniform' } };
    const formula = 'matmul(x, straightThrough(round(8 * w) / 8, w))';
    const inside = quantized({ parameters, formula });
    expect(verdicts(await check(model(inside), samples(8, [4])))).toMatchObject({
      'first/kernel': 'skipped',
      'q/w': 'skipped',
      'second/kernel': 'agrees',
    });
    const held = { class_name: 'Expression', config: inside[1] };
    const wrapped = model(
      ['Reshape', { target_shape: [1, 4] }],
      ['TimeDistributed', { name: 't', layer: held }],
      ['Flatten', {}],
    );
    expect(verdicts(await check(wrapped, samples(8, [4])))).toMatchObject({
      'first/kernel': 'skipped',
      't/layer/w': 'skipped',
      'second/kernel': 'agrees',
    });
  });
});
