import { describe, expect, test } from '@jest/globals';
import { rateFor, StatisticsRate, type CallPlace, type ChosenRate } from './statisticsRate.js';

interface Call extends CallPlace {
  readonly told: boolean;
  readonly isFull: boolean;
}

/** Measures calls of epochs, the last of which may be short, until the rate is chosen; gives the calls that this took. */
function measure(
  calls: number,
  timeOf: (call: Call) => number,
  isShort: (place: number) => boolean = () => false,
): { chosen: ChosenRate | null; measured: Call[] } {
  const rate = new StatisticsRate(true);
  const measured: Call[] = [];
  for (let at = 0; at < 1000; at++) {
    const where = { epoch: Math.floor(at / calls), place: at % calls, calls };
    const call = { ...where, told: rate.isDue(where), isFull: !isShort(where.place) };
    measured.push(call);
    const chosen = rate.add(call.told, timeOf(call), where, call.isFull);
    if (chosen) return { chosen, measured };
  }
  return { chosen: null, measured };
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
  const { chosen } = measure(100, ({ told }) => (told ? 11 : 10));
  expect(chosen?.every).toBe(5);
  expect(chosen?.cost).toBeCloseTo(0.1, 10);
});

test('norms that cost nothing are told at each call', () => {
  expect(measure(100, () => 10).chosen).toEqual({ every: 1, cost: 0 });
});

test('calls that something else made long do not decide, nor do those in which forms are captured', () => {
  const timeOf = ({ told, place }: Call): number =>
    (told ? 11 : 10) * (place < 4 ? 1000 : place % 7 === 3 ? 2 : 1);
  expect(measure(100, timeOf).chosen?.every).toBe(5);
});

test('what is another call by its place is not taken for a cost: the first of an epoch, and a short last one', () => {
  const timeOf = ({ told, place }: Call): number => (place === 0 ? 100 : place === 5 ? 1 : told ? 11 : 10);
  expect(measure(6, timeOf, (place) => place === 5).chosen?.cost).toBeCloseTo(0.1, 10);
});

test.each([1, 2, 3])('in epochs of %d calls each place is measured with norms and without', (calls) => {
  const ofPlace = [10, 10, 10];
  const { chosen, measured } = measure(calls, ({ told, place }) => (ofPlace[place] ?? 0) * (told ? 1.1 : 1));
  expect(chosen?.cost).toBeCloseTo(0.1, 10);
  for (let place = 0; place < calls; place++) {
    const told = measured.filter((call) => call.place === place).map((call) => call.told);
    expect(Math.abs(told.filter(Boolean).length - told.length / 2)).toBeLessThanOrEqual(0.5);
  }
});

const isDueIn = (rate: StatisticsRate, calls: number): boolean[] =>
  Array.from({ length: 20 }, (_, at) =>
    rate.isDue({ epoch: Math.floor(at / calls), place: at % calls, calls }),
  );

test('what was chosen before a stop stays', () => {
  const rate = new StatisticsRate(true);
  rate.restore({ every: 5, cost: 0.1 });
  expect(isDueIn(rate, 7)).toEqual(Array.from({ length: 20 }, (_, at) => at % 5 === 4));
  expect(rate.add(true, 100, { epoch: 0, place: 4, calls: 7 }, true)).toBeNull();
});

test('what no version wrote is not taken for a choice', () => {
  expect(() => {
    new StatisticsRate(true).restore({ every: 0 });
  }).toThrow();
});

test('where nothing may be measured each tenth call tells norms, whatever they take', () => {
  const rate = new StatisticsRate(false);
  for (let at = 0; at < 200; at++) rate.add(at % 2 === 1, at, { epoch: 0, place: at, calls: 200 }, true);
  expect(isDueIn(rate, 7)).toEqual(Array.from({ length: 20 }, (_, at) => at % 10 === 9));
  expect(rate.chosen).toBeNull();
});
