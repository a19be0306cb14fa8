// Expected values: the worked examples of the nearest-rank method in textbooks.

import assert from 'node:assert/strict';
import test from 'node:test';
import { quantile } from './quantile.mjs';

test('a quantile is one of the numbers, by nearest rank', () => {
  const five = [50, 15, 40, 20, 35];
  assert.deepEqual(
    [0, 0.05, 0.3, 0.4, 0.5, 1].map((share) => quantile(five, share)),
    [15, 15, 20, 20, 35, 50],
  );
  const ten = [3, 6, 7, 8, 8, 10, 13, 15, 16, 20];
  assert.deepEqual(
    [0.25, 0.5, 0.75, 1].map((share) => quantile(ten, share)),
    [7, 8, 15, 20],
  );
  assert.deepEqual(five, [50, 15, 40, 20, 35]); // As they were given.
});

test('one in a hundred is above the quantile of 0.99', () => {
  const hundred = Array.from({ length: 100 }, (_, i) => i + 1);
  assert.equal(quantile(hundred, 0.99), 99);
});

test('of no numbers there is none', () => {
  assert.ok(Number.isNaN(quantile([], 0.5)));
});
