import { expect, test } from '@jest/globals';
import { textChange } from './textChange.js';

test.each([
  ['{"a": 1}', '{"a": 12}', { from: 7, to: 7, insert: '2' }],
  ['{"a": 1}', '{"a": 2}', { from: 6, to: 7, insert: '2' }],
  ['aa', 'a', { from: 1, to: 2, insert: '' }],
  ['', 'abc', { from: 0, to: 0, insert: 'abc' }],
  ['same', 'same', { from: 4, to: 4, insert: '' }],
])('from %p to %p', (before, after, change) => {
  expect(textChange(before, after)).toEqual(change);
});
