import { expect, test } from '@jest/globals';
import type { Predictions } from '@gradstream/sdk';
import { likeliest, numbers, outputsOf } from './answers.js';

const answer = (values: Predictions['data'][number]['values']) => ({
  class: null,
  probability: null,
  values,
});

test('the likeliest classes come first, those that are no number last', () => {
  expect(likeliest(answer([0.05, 0.8, 'NaN', 0.15]), ['a', 'b', 'c', 'd'])).toBe('b 0.8 · d 0.15 · a 0.05');
});

test('one unit speaks of the second of two classes, as in Keras', () => {
  expect(likeliest(answer([0.9]), ['no', 'yes'])).toBe('yes 0.9');
});

test('numbers are listed, many of them in part', () => {
  expect(numbers(answer([1.5, -2]))).toBe('1.5, -2');
  expect(numbers(answer([1, 2, 3, 4, 5, 6, 7, 8, 9]))).toBe('1, 2, 3, 4, 5, 6, 7, 8 … (9)');
});

test('a single output has no name, several have theirs', () => {
  const one = { classes: null, values: 'numbers', activation: null, data: [], outputs: [] } as unknown;
  expect(outputsOf(one as Predictions).map(({ name }) => name)).toEqual(['']);
  const two = { outputs: [{ name: 'left' }, { name: 'right' }] } as unknown as Predictions;
  expect(outputsOf(two).map(({ name }) => name)).toEqual(['left', 'right']);
});
