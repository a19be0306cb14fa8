import { expect, test } from '@jest/globals';
import { columnRange } from './columns.js';

test.each([
  ['a name', 'b', ['b']],
  ['a range, both ends included', 'b…d', ['b', 'c', 'd']],
  ['the same with two dots, or three, and blanks', 'b .. d', ['b', 'c', 'd']],
  ['a range of one', 'c...c', ['c']],
  ['a name that looks like a range', 'a..b', ['a..b']],
  ['an end that is not there', 'b…z', null],
  ['ends in the wrong order', 'd…b', null],
  ['three ends', 'a…b…c', null],
])('%s', (_, expression, names) => {
  expect(columnRange(expression, ['a', 'b', 'c', 'd', 'a..b'])).toEqual(names);
});
