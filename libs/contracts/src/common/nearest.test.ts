import { expect, test } from '@jest/globals';
import { nearestNames } from './nearest.js';

// Distances by hand: kitten → sitting is 3, saturday → sunday 3, the textbook examples; limits 2 of 6, 2 of 8.
test.each([
  ['adan', ['sgd', 'adam', 'nadam', 'adamW', 'lion'], ['adam', 'nadam', 'adamW']],
  ['lerning_rate', ['learningRate', 'beta1'], ['learningRate']],
  ['MSE', ['mse', 'mae'], ['mse', 'mae']],
  ['kitten', ['sitting'], []],
  ['glorot_unifrm', ['glorotUniform', 'glorot_uniform'], ['glorot_uniform', 'glorotUniform']],
  ['saturday', ['sunday'], []],
  ['saturdays', ['sundays'], ['sundays']],
  ['', ['ab', 'abc'], ['ab']],
  ['x'.repeat(65), ['x'.repeat(64)], []],
])('%j among %j means %j', (wrong, known, near) => {
  expect(nearestNames(wrong, known, 3)).toEqual(near);
});

test('no more are named than asked for', () => {
  expect(nearestNames('a', ['b', 'a', 'c'], 1)).toEqual(['a']);
});
