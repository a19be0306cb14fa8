import { expect, test } from '@jest/globals';
import { withLooks } from './looks.js';

test('runs keep their looks when others leave, and new ones take what is free', () => {
  const three = withLooks(new Map(), ['a', 'b', 'c']);
  expect([...three]).toEqual([
    ['a', 0],
    ['b', 1],
    ['c', 2],
  ]);
  expect(withLooks(three, ['c', 'b', 'a'])).toBe(three);
  const two = withLooks(three, ['b', 'c']);
  expect([...two]).toEqual([
    ['b', 1],
    ['c', 2],
  ]);
  expect([...withLooks(two, ['d', 'b', 'c', 'e'])]).toEqual([
    ['d', 0],
    ['b', 1],
    ['c', 2],
    ['e', 3],
  ]);
});
