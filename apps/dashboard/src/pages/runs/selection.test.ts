import { expect, test } from '@jest/globals';
import { MAX_SELECTED } from './runsView.js';
import { toggled, withRange } from './selection.js';

const many = Array.from({ length: 150 }, (_, i) => `r${i}`);

test('one more, one less, and never more than one request cancels', () => {
  expect(toggled(['a'], 'b')).toEqual(['a', 'b']);
  expect(toggled(['a', 'b'], 'a')).toEqual(['b']);
  expect(toggled(many.slice(0, MAX_SELECTED), 'z')).toHaveLength(MAX_SELECTED);
});

test('a range goes both ways, and takes nothing away', () => {
  expect(withRange(['r9'], many, 'r2', 'r4')).toEqual(['r9', 'r2', 'r3', 'r4']);
  expect(withRange([], many, 'r4', 'r2')).toEqual(['r2', 'r3', 'r4']);
  expect(withRange([], many, 'gone', 'r2')).toEqual(['r2']);
  expect(withRange([], many, 'r0', 'r149')).toHaveLength(MAX_SELECTED);
});
