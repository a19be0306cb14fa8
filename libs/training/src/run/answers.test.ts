// Outputs to answers. Expected values: softmax and sigmoid by hand, in float64.

import { describe, expect, test } from '@jest/globals';
import { lossSettingsSchema, type Task } from '@gradstream/contracts';
import { parseModel } from '@gradstream/models';
import { readingOf, toAnswers } from './answers.js';

function readingFor(units: number, activation: string, loss: unknown, task: Task) {
  const parsed = parseModel([{ type: 'dense', units, activation, input: [2] }]);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return readingOf(
    { target: { column: 'y', task, missing: 'refuse' }, loss: lossSettingsSchema.parse(loss) },
    parsed.graph,
  );
}

const softmaxLoss = { name: 'sparseCategoricalCrossentropy', fromLogits: true };

describe('what outputs are', () => {
  test.each<[string, ReturnType<typeof readingFor>, object]>([
    [
      'softmax',
      readingFor(3, 'softmax', 'sparseCategoricalCrossentropy', 'classification'),
      { values: 'probabilities', activation: null },
    ],
    ['logits', readingFor(3, 'linear', softmaxLoss, 'classification'), { activation: 'softmax' }],
    [
      'logits of one unit',
      readingFor(1, 'linear', { name: 'binaryCrossentropy', fromLogits: true }, 'binary'),
      { values: 'probabilities', activation: 'sigmoid', threshold: 0.5 },
    ],
    ['margins', readingFor(1, 'tanh', 'hinge', 'binary'), { values: 'scores', threshold: 0 }],
    ['scores', readingFor(3, 'linear', 'categoricalHinge', 'classification'), { values: 'scores' }],
    ['numbers', readingFor(1, 'linear', 'meanSquaredError', 'regression'), { values: 'numbers' }],
  ])('%s', (_, reading, expected) => {
    expect(reading).toMatchObject(expected);
  });
});

describe('answers', () => {
  test('logits get a softmax, which does not overflow', () => {
    const reading = readingFor(3, 'linear', softmaxLoss, 'classification');
    const answered = toAnswers(Float32Array.of(0, Math.log(2), Math.log(5), 1000, 0, 0), 2, reading, [
      'a',
      'b',
      'c',
    ]);
    expect(answered).toMatchObject({ activation: 'softmax', classes: ['a', 'b', 'c'] });
    const [first, second] = answered.data;
    expect(first?.class).toBe('c');
    expect(first?.probability).toBeCloseTo(5 / 8, 7);
    expect(first?.values.map((value) => Number(value).toFixed(6))).toEqual([
      '0.125000',
      '0.250000',
      '0.625000',
    ]);
    expect(second).toEqual({ class: 'a', probability: 1, values: [1, 0, 0] });
  });

  test('one unit is the probability of the second class', () => {
    const reading = readingFor(1, 'linear', { name: 'binaryCrossentropy', fromLogits: true }, 'binary');
    const { data } = toAnswers(Float32Array.of(Math.log(3), -Math.log(4), 0), 3, reading, ['no', 'yes']);
    expect(data.map((one) => one.class)).toEqual(['yes', 'no', 'no']); // Keras: above 0.5, not at it.
    expect(data[0]?.probability).toBeCloseTo(0.75, 7);
    expect(data[1]?.probability).toBeCloseTo(0.8, 7);
  });

  test('labels have a probability each, and none of them is the class', () => {
    const reading = readingFor(3, 'linear', { name: 'binaryCrossentropy', fromLogits: true }, 'multilabel');
    const { classes, data } = toAnswers(Float32Array.of(0, Math.log(3), -Math.log(4)), 1, reading, [
      'red',
      'round',
      'ripe',
    ]);
    expect(classes).toEqual(['red', 'round', 'ripe']);
    const [first] = data;
    expect([first?.class, first?.probability]).toEqual([null, null]);
    [0.5, 0.75, 0.2].forEach((expected, at) => {
      expect(first?.values[at]).toBeCloseTo(expected, 7);
    });
  });

  test('margins have no probability', () => {
    const reading = readingFor(1, 'tanh', 'hinge', 'binary');
    const { data } = toAnswers(Float32Array.of(0.25, -0.25), 2, reading, ['no', 'yes']);
    expect(data).toEqual([
      { class: 'yes', probability: null, values: [0.25] },
      { class: 'no', probability: null, values: [-0.25] },
    ]);
  });

  test('numbers stay numbers, and what is none is said', () => {
    const reading = readingFor(1, 'linear', 'meanSquaredError', 'regression');
    const answered = toAnswers(Float32Array.of(2.5, NaN, Infinity), 3, reading, null);
    expect(answered.classes).toBeNull();
    expect(answered.data.map(({ values }) => values)).toEqual([[2.5], ['NaN'], ['Infinity']]);
    const softmax = readingFor(2, 'softmax', 'sparseCategoricalCrossentropy', 'classification');
    expect(toAnswers(Float32Array.of(NaN, 1), 1, softmax, ['a', 'b']).data).toEqual([
      { class: null, probability: null, values: ['NaN', 1] },
    ]);
  });
});
