// What the golden files do not hold: masks, class weights, extreme values, shapes and several outputs.

import { describe, expect, jest, test } from '@jest/globals';
import { lossSettingsSchema } from '@gradstream/contracts';
import type { Scalar, Tensor, Tensor1D } from '@gradstream/engine';
import { createLossFunction } from './index.js';
import { acceptsLogitsOf } from './logits.js';
import { totalLoss } from './outputs.js';
import { useEngine } from '../testing/engine.js';

jest.setTimeout(60_000);

const engine = useEngine();

const make = (settings: unknown, options = {}) =>
  createLossFunction(engine(), lossSettingsSchema.parse(settings), options);
const numbers = (x: Tensor): number[] => Array.from(x.dataSync());
const number = (x: Tensor): number => numbers(x)[0] ?? Number.NaN;
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
/** −log softmax of one class, in float64. */
const crossentropy = (logits: readonly number[], label: number): number =>
  Math.log(sum(logits.map(Math.exp))) - (logits[label] ?? Number.NaN);

describe('weights, masks and reductions', () => {
  // Errors 1, 2, 3; 4, 5, 6: squared errors of two samples with three positions.
  const errors = [
    [1, 4, 9],
    [16, 25, 36],
  ];
  const all = errors.flat();
  const mask = [1, 0, 1, 1, 0, 0];
  const weights = [0.5, 2, 1, 3, 1, 0.25];
  const dot = (...factors: number[][]): number =>
    sum(all.map((value, at) => factors.reduce((product, factor) => product * (factor[at] ?? 0), value)));
  const byRow = [0.5, 0.5, 0.5, 2, 2, 2];
  const cases: [string, object, number][] = [
    ['sumOverBatchSize', {}, sum(all) / 6],
    ['sumOverBatchSize', { sampleWeights: [[0.5], [2]] }, dot(byRow) / 6],
    ['sumOverBatchSize', { sampleWeights: [0.5, 2] }, dot(byRow) / 6],
    ['mean', { sampleWeights: [weights.slice(0, 3), weights.slice(3)] }, dot(weights) / 6],
    ['sum', { sampleWeights: [weights.slice(0, 3), weights.slice(3)] }, dot(weights)],
    ['meanWithSampleWeight', {}, sum(all) / 6],
    ['meanWithSampleWeight', { sampleWeights: [0.5, 2] }, dot(byRow) / 7.5],
    ['sumOverBatchSize', { mask: [mask.slice(0, 3), mask.slice(3)] }, dot(mask) / 3],
    ['sumOverBatchSize', { mask: [1, 0] }, 14 / 3],
    ['sum', { mask: [1, 0] }, 14],
    ['none', { mask: [1, 0] }, 14],
    ['mean', { mask: [mask.slice(0, 3), mask.slice(3)], sampleWeights: [0.5, 2] }, dot(mask, byRow) / 3],
    [
      'meanWithSampleWeight',
      { mask: [mask.slice(0, 3), mask.slice(3)], sampleWeights: [0.5, 2] },
      dot(mask, byRow) / 3,
    ],
    ['sumOverBatchSize', { mask: [0, 0] }, 0],
    ['meanWithSampleWeight', { sampleWeights: [0, 0] }, 0],
  ];
  test.each(cases)('%s of %j', (reduction, given, expected) => {
    const { tf } = engine();
    const target = tf.zeros([2, 3, 1]);
    const output = tf.tensor3d(all.map(Math.sqrt), [2, 3, 1]);
    const loss = make({ name: 'mse', reduction });
    const tensors = Object.fromEntries(
      Object.entries(given).map(([key, value]) => [key, tf.tensor(value as number[])]),
    );
    const { value, grad } = tf.valueAndGrad((y: Tensor): Scalar => loss.value(target, y, tensors))(output);
    expect(number(value)).toBeCloseTo(expected, 5);
    expect(numbers(grad).every(Number.isFinite)).toBe(true);
  });

  test('sums and divisors of small batches make the mean of the large one', () => {
    const { tf } = engine();
    const loss = make('mse');
    const rows = Array.from({ length: 8 }, (_, at) => Math.sin(at + 1));
    const counts = [1, 1, 0, 1, 0, 0, 1, 1];
    const parts = [0, 4].map((at) =>
      loss.reduced(tf.zeros([4, 1]), tf.tensor2d(rows.slice(at, at + 4), [4, 1]), {
        mask: tf.tensor1d(counts.slice(at, at + 4)),
      }),
    );
    const divisors = parts.map(({ divisor }) => (typeof divisor === 'number' ? divisor : number(divisor)));
    expect(divisors).toEqual([3, 2]);
    const mean = sum(parts.map((part) => number(part.sum))) / sum(divisors);
    expect(mean).toBeCloseTo(sum(rows.map((value, at) => value * value * (counts[at] ?? 0))) / 5, 6);
  });

  test('labels that are ignored have no part in the mean, on top of a mask', () => {
    const { tf } = engine();
    const logits = [
      [1, 2, 4],
      [0, 1, 0],
      [3, 0, 1],
      [1, 1, 2],
    ];
    const loss = make({ name: 'sparseCategoricalCrossentropy', fromLogits: true, ignoreClass: -1 });
    const target = tf.tensor2d([1, -1, 0, 2], [2, 2], 'int32');
    const value = loss.value(target, tf.tensor3d(logits.flat(), [2, 2, 3]), {
      mask: tf.tensor2d([
        [1, 1],
        [1, 0],
      ]),
    });
    expect(number(value)).toBeCloseTo((crossentropy([1, 2, 4], 1) + crossentropy([3, 0, 1], 0)) / 2, 5);
  });

  test.each([
    [
      'sparseCategoricalCrossentropy',
      [2, 0],
      'int32',
      [
        [1, 2, 4],
        [3, 0, 1],
      ],
      [10, 0.5],
    ],
    [
      'categoricalCrossentropy',
      [
        [0, 0, 1],
        [1, 0, 0],
      ],
      'float32',
      [
        [1, 2, 4],
        [3, 0, 1],
      ],
      [10, 0.5],
    ],
  ] as const)('class weights of %s', (name, target, dtype, output, [second, first]) => {
    const { tf } = engine();
    const loss = make({ name, fromLogits: true });
    const classWeights = tf.tensor1d([first, 7, second]);
    const sampleWeights = tf.tensor1d([1, 3]);
    const given = tf.tensor(target, undefined, dtype);
    const value = loss.value(given, tf.tensor(output), {
      classWeights,
      sampleWeights,
    });
    const expected = (second * crossentropy([1, 2, 4], 2) + 3 * first * crossentropy([3, 0, 1], 0)) / 2;
    expect(number(value)).toBeCloseTo(expected, 4);
  });

  test('class weights of one unit', () => {
    const { tf } = engine();
    const weights = tf.tensor1d([2, 5]);
    const value = make('binaryCrossentropy').value(tf.tensor1d([0, 1]), tf.tensor2d([[0.2], [0.6]]), {
      classWeights: weights,
    });
    expect(number(value)).toBeCloseTo((-2 * Math.log(0.8) - 5 * Math.log(0.6)) / 2, 5);
  });
});

describe('shapes', () => {
  test('the class dimension may be any', () => {
    const { tf } = engine();
    const logits = tf.tensor3d([1, 0, 2, 1, 4, 3], [1, 3, 2]);
    const expected = (crossentropy([1, 2, 4], 2) + crossentropy([0, 1, 3], 1)) / 2;
    const oneHot = tf.tensor3d([0, 0, 0, 1, 1, 0], [1, 3, 2]);
    const dense = make({ name: 'categoricalCrossentropy', fromLogits: true, axis: 1 });
    expect(number(dense.value(oneHot, logits))).toBeCloseTo(expected, 5);
    const sparse = make({ name: 'sparseCategoricalCrossentropy', fromLogits: true, axis: 1 });
    expect(number(sparse.value(tf.tensor2d([[2, 1]], [1, 2], 'int32'), logits))).toBeCloseTo(expected, 5);
  });

  test('a target may lack a dimension of 1, or have one more', () => {
    const { tf } = engine();
    const mse = make('mse');
    for (const target of [tf.tensor1d([1, 2]), tf.tensor3d([1, 2], [2, 1, 1])])
      expect(number(mse.value(target, tf.tensor2d([[2], [4]])))).toBe(2.5);
    expect(number(mse.value(tf.tensor1d([1, 2]), tf.tensor1d([2, 4])))).toBe(2.5);
  });

  test.each([
    ['mse', [2, 3], [2, 1], {}, /shape \[2, 3\], the output \[2, 1\]/],
    ['sparseCategoricalCrossentropy', [3], [2, 4], {}, /class indexes/],
    ['mse', [2, 3], [2, 3], { sampleWeights: [3] }, /sample weights have the shape \[3\]/],
    ['dice', [2, 3], [2, 3], { mask: [2] }, /axis/],
    ['mse', [2, 3], [2, 3], { classWeights: [3] }, /class weights need classes/],
    [{ name: 'categoricalCrossentropy', axis: 3 }, [2, 3], [2, 3], {}, /axis is 3/],
    ['circle', [2], [2, 3, 4], {}, /embeddings/],
    ['ctc', [2], [2, 3], {}, /labels \[batch, length\]/],
  ])('%j refuses target %j for output %j and %j', (settings, target, output, weights, message) => {
    const { tf } = engine();
    const given = Object.fromEntries(Object.entries(weights).map(([key, shape]) => [key, tf.ones(shape)]));
    expect(() => make(settings).value(tf.zeros(target), tf.ones(output), given)).toThrow(message);
  });
});

describe('logits', () => {
  test.each([
    ['binaryCrossentropy', 'sigmoid'],
    [{ name: 'binaryCrossentropy', axis: 1 }, 'sigmoid'],
    ['binaryFocalCrossentropy', 'sigmoid'],
    ['categoricalCrossentropy', 'softmax'],
    ['categoricalFocalCrossentropy', 'softmax'],
    ['sparseCategoricalCrossentropy', 'softmax'],
    [{ name: 'sparseCategoricalCrossentropy', fromLogits: true }, null],
    [{ name: 'categoricalCrossentropy', axis: 1 }, null],
    ['mse', null],
    ['klDivergence', null],
  ])('%j takes the logits of %s', (settings, activation) => {
    expect(acceptsLogitsOf(lossSettingsSchema.parse(settings))).toBe(activation);
  });

  test.each([
    'binaryCrossentropy',
    'binaryFocalCrossentropy',
    'categoricalCrossentropy',
    'categoricalFocalCrossentropy',
    'sparseCategoricalCrossentropy',
  ])('%s, fused, is what it is of probabilities', (name) => {
    const { tf } = engine();
    const logits = tf.tensor2d([1, -2, 0.5, 3, 0, -1], [2, 3]);
    const fused = make(name, { fused: true });
    const plain = make(name);
    expect([fused.takesLogitsOf, plain.takesLogitsOf]).toEqual([acceptsLogitsOf(plain.settings), null]);
    const target = name.startsWith('sparse')
      ? tf.tensor1d([1, 0], 'int32')
      : tf.tensor2d([0, 1, 0, 1, 0, 0], [2, 3]);
    const probabilities = fused.takesLogitsOf === 'softmax' ? logits.softmax() : logits.sigmoid();
    expect(number(fused.value(target, logits))).toBeCloseTo(number(plain.value(target, probabilities)), 5);
  });
});

describe('extreme outputs have finite losses and gradients', () => {
  const probabilities = [
    'binaryCrossentropy',
    'binaryFocalCrossentropy',
    'categoricalCrossentropy',
    'categoricalFocalCrossentropy',
  ];
  const cases: [object, number[], number[]][] = [
    ...probabilities.flatMap((name): [object, number[], number[]][] => [
      [{ name }, [1, 0, 0, 1], [0, 1, 0, 1]],
      [{ name, fromLogits: true }, [1, 0, 0, 1], [-1e4, 1e4, 1e4, -1e4]],
      [{ name, fromLogits: true }, [0, 1, 1, 0], [-1e30, 1e30, 0, 0]],
    ]),
    [{ name: 'binaryFocalCrossentropy', gamma: 0.5 }, [1, 0, 0, 1], [1, 0, 0, 1]],
    [{ name: 'categoricalFocalCrossentropy', gamma: 0 }, [1, 0, 0, 1], [1, 0, 0, 1]],
    [{ name: 'sparseCategoricalCrossentropy' }, [1, 1], [0, 1, 1, 0]],
    [{ name: 'sparseCategoricalCrossentropy', fromLogits: true }, [1, 1], [1e30, -1e30, 0, 1e30]],
    [{ name: 'categoricalGeneralizedCrossEntropy' }, [1, 1], [0, 1, 1, 0]],
    [{ name: 'klDivergence' }, [1, 0, 0, 1], [0, 1, 0, 1]],
    [{ name: 'cosineSimilarity' }, [0, 0, 1, 0], [0, 0, 0, 0]],
    [{ name: 'huber' }, [0, 0, 0, 0], [1e30, -1e30, 0, 1]],
    [{ name: 'logCosh' }, [0, 0, 0, 0], [1e30, -1e30, 0, 1]],
    [{ name: 'msle' }, [0, 0, 0, 0], [1e30, -1e30, 0, -1]],
    [{ name: 'mape' }, [0, 0, 1, 1], [1, 0, 0, 1]],
    [{ name: 'mae' }, [0, 0, 1, 1], [0, 0, 1, 1]],
    [{ name: 'poisson' }, [1, 0, 2, 1], [0, 0, 0, 1]],
    [{ name: 'hinge' }, [1, -1, 1, -1], [1, -1, 1e30, 1e30]],
    [{ name: 'categoricalHinge' }, [1, 0, 0, 1], [0, 1e30, 0, -1e30]],
    [{ name: 'dice' }, [0, 0, 0, 0], [0, 0, 0, 0]],
    [{ name: 'tversky' }, [0, 0, 0, 0], [0, 0, 0, 0]],
    // No partner of the same class; then none of another class.
    [{ name: 'circle' }, [0, 1], [1, 0, 0, 1]],
    [{ name: 'circle' }, [1, 1], [1, 0, 1, 0]],
  ];
  test.each(cases)('%j of %j and %j', (settings, target, output) => {
    const { tf } = engine();
    const loss = make(settings);
    const given = target.length === 2 ? tf.tensor1d(target, 'int32') : tf.tensor2d(target, [2, 2]);
    const { value, grad } = tf.valueAndGrad((y: Tensor): Scalar => loss.value(given, y))(
      tf.tensor2d(output, [2, 2]),
    );
    expect(
      numbers(value)
        .concat(numbers(grad))
        .filter((x) => !Number.isFinite(x)),
    ).toEqual([]);
  });
});

describe('several outputs', () => {
  test('the total is the weighted sum', () => {
    const { tf } = engine();
    const losses = new Map([
      ['price', { loss: make('mse'), weight: 0.25 }],
      ['kind', { loss: make('sparseCategoricalCrossentropy', { fused: true }), weight: 1 }],
    ]);
    const kind = { target: tf.tensor1d([2], 'int32'), output: tf.tensor2d([[1, 2, 4]]) };
    const price: { target: Tensor1D; output: Tensor } = {
      target: tf.tensor1d([1]),
      output: tf.tensor2d([[3]]),
    };
    const { total, byOutput } = totalLoss(engine(), losses, new Map(Object.entries({ kind, price })));
    const expected = crossentropy([1, 2, 4], 2);
    expect([...byOutput].map(([name, value]) => [name, number(value).toFixed(5)])).toEqual([
      ['price', '4.00000'],
      ['kind', expected.toFixed(5)],
    ]);
    expect(number(total)).toBeCloseTo(1 + expected, 5);
    expect(() => totalLoss(engine(), losses, new Map([['kind', kind]]))).toThrow(
      /price has a loss and no target/,
    );
  });
});
