import { expect, test } from '@jest/globals';
import { pointsOf, summarized } from './summary.js';

const losses = (...values: readonly number[]) =>
  pointsOf(values.map((value, index) => ({ step: index + 1, series: ['loss'], values: [value] })));

test('of equal values the first counts', () => {
  expect(summarized({}, losses(3, 1, 3, 1, 2))).toEqual({
    loss: { min: 1, minStep: 2, max: 3, maxStep: 1, last: 2 },
  });
});

test('NaN is no extreme, the infinities are', () => {
  expect(summarized({}, losses(Number.NaN, 1, -Infinity, Infinity, Number.NaN))).toEqual({
    loss: { min: '-Infinity', minStep: 3, max: 'Infinity', maxStep: 4, last: 'NaN' },
  });
  expect(summarized({}, losses(Number.NaN))).toEqual({
    loss: { min: null, minStep: null, max: null, maxStep: null, last: 'NaN' },
  });
});

test('goes on from what was kept, and leaves other series', () => {
  const kept = summarized({}, losses(3, 1));
  const more = summarized(kept, [
    { series: 'accuracy', step: 3, value: 0.5 },
    { series: 'loss', step: 3, value: 0.5 },
  ]);
  expect(more).toEqual({
    loss: { min: 0.5, minStep: 3, max: 3, maxStep: 1, last: 0.5 },
    accuracy: { min: 0.5, minStep: 3, max: 0.5, maxStep: 3, last: 0.5 },
  });
});
