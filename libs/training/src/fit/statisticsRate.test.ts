import { describe, expect, test } from '@jest/globals';
import { rateFor, StatisticsRate, type ChosenRate } from './statisticsRate.js';

/** Times of calls with norms and without, until the rate is chosen; a call of each pair may be disturbed. */
function choose(
  without: number,
  told: number,
  disturb: (pair: number) => number = () => 1,
): ChosenRate | null {
  const rate = new StatisticsRate();
  for (let call = 0; call < 1000; call++) {
    const isDue = rate.isDue(call);
    const chosen = rate.add(isDue, (isDue ? told : without) * disturb(call));
    if (chosen) return chosen;
  }
  return null;
}

describe('the rate of a cost', () => {
  test.each([
    [-0.01, 1],
    [0, 1],
    [0.03, 1],
    [0.031, 2],
    [0.06, 2],
    [0.11, 5],
    [0.3, 10],
    [1, 50],
    [1e9, 1000],
  ])('%d: every %d calls', (cost, every) => {
    expect(rateFor(cost)).toBe(every);
  });
});

test('calls of 10 ms that norms make 11 ms: each fifth tells them, which costs 2 %', () => {
  const chosen = choose(10, 11);
  expect(chosen?.every).toBe(5);
  expect(chosen?.cost).toBeCloseTo(0.1, 10);
});

test('norms that cost nothing are told at each call', () => {
  expect(choose(10, 10)).toEqual({ every: 1, cost: 0 });
});

test('calls that something else made long do not decide', () => {
  expect(choose(10, 11, (call) => (call % 7 === 3 ? 20 : 1))?.every).toBe(5);
});

test('the first calls, in which forms are captured, do not count', () => {
  expect(choose(10, 10, (call) => (call < 4 ? 100 * (call + 1) : 1))?.every).toBe(1);
});

test('what was chosen before a stop stays', () => {
  const rate = new StatisticsRate();
  rate.restore({ every: 5, cost: 0.1 });
  expect(Array.from({ length: 10 }, (_, call) => rate.isDue(call))).toEqual([
    ...[false, false, false, false, true],
    ...[false, false, false, false, true],
  ]);
  expect(rate.add(true, 100)).toBeNull();
});
