import { expect, test } from '@jest/globals';
import { Thinned } from './thinned.js';

test('many become few, evenly spread, with the last one', () => {
  const list = new Thinned<number>(8);
  for (let at = 0; at <= 1000; at++) list.add(at);
  const found = list.entries();
  expect(found.length).toBeLessThanOrEqual(9);
  expect(found.length).toBeGreaterThanOrEqual(4);
  expect([found[0], found.at(-1)]).toEqual([0, 1000]);
  const gaps = found.slice(1, -1).map((entry, at) => entry - (found[at] ?? 0));
  expect(new Set(gaps).size).toBe(1);
  list.keep((entry) => entry < 300);
  expect(list.entries().every((entry) => entry < 300)).toBe(true);
});
