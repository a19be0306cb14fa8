import { expect, test } from '@jest/globals';
import { readParallel, withRange, writeParallel } from './parallelView.js';

test('a view is read as it was written, and leaves what is of others', () => {
  const ranges = [
    { id: 'optimizer.name', low: 0, high: 1 },
    { id: 'a~b.min', low: -0.001, high: 1e-9 },
    { id: 'loss.min', low: -Infinity, high: 3 },
  ];
  const view = { axes: ['epochs', 'a~b.min'], color: 'a~b.min', ranges };
  const params = writeParallel(new URLSearchParams('runs=a,b&tab=parallel'), view);
  expect(params.get('runs')).toBe('a,b');
  expect(readParallel(new URLSearchParams(params.toString()))).toEqual(view);
  const empty = writeParallel(params, { axes: null, color: null, ranges: [] });
  expect(empty.toString()).toBe('runs=a%2Cb&tab=parallel');
});

test('what cannot be read is not there', () => {
  const params = new URLSearchParams('range=x&range=a~2~1&range=b~1~nope&range=c~1~2&axis=');
  expect(readParallel(params)).toEqual({ axes: null, color: null, ranges: [{ id: 'c', low: 1, high: 2 }] });
});

test('an axis has one range at most', () => {
  const one = withRange([], 'a', [2, 1]);
  expect(one).toEqual([{ id: 'a', low: 1, high: 2 }]);
  expect(withRange(one, 'a', [3, 4])).toEqual([{ id: 'a', low: 3, high: 4 }]);
  expect(withRange(one, 'a', null)).toEqual([]);
});
