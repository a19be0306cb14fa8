import { expect, test } from '@jest/globals';
import { differences, isSame, pointerTo } from './pointers.js';

// RFC 6901, section 3: ~ is ~0, / is ~1.
test('keys are escaped in places', () => {
  expect(pointerTo('/a', 'b/c~d')).toBe('/a/b~1c~0d');
  expect(pointerTo('', 0)).toBe('/0');
});

test('the order of keys says nothing, that of lists does', () => {
  expect(isSame({ a: 1, b: [1, 2] }, { b: [1, 2], a: 1 })).toBe(true);
  expect(isSame([1, 2], [2, 1])).toBe(false);
  expect(isSame({ a: undefined as never }, {})).toBe(false);
  expect(isSame([], {})).toBe(false);
});

test('differences are told at the deepest place, with what was there', () => {
  const now = { rate: 0.1, clip: { norm: 1, value: null }, metrics: ['a'], added: true, kind: { x: 1 } };
  const before = { rate: 0.2, clip: { norm: 1, value: 3 }, metrics: ['b'], kind: null };
  expect([...differences(now, before)]).toEqual([
    ['/rate', 0.2],
    ['/clip/value', 3],
    ['/metrics', ['b']],
    ['/added', undefined],
    ['/kind', null],
  ]);
});
