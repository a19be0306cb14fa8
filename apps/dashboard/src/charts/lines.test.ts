import { expect, test } from '@jest/globals';
import { Clock } from './clock.js';
import { LineDrawer, rangeOf, reachOf, type Look } from './lines.js';
import { Points } from './points.js';

const line = (values: readonly number[]) => {
  const points = new Points();
  values.forEach((value, at) => points.append(at + 1, value));
  return { id: 'a', label: 'a', points, clock: new Clock(), look: 0 };
};
const look: Look = { xAxis: 'step', smoothing: 0, zoom: null, isLog: false };

test('what is zoomed to is drawn with a point beyond each end', () => {
  const found = new LineDrawer(line([1, 2, 3, 4, 5, 6])).draw({ ...look, zoom: [2.5, 4.5] }, 100);
  expect([...found.main.xs]).toEqual([2, 3, 4, 5]);
});

test('smoothing keeps the values behind the averages; changes of the weight are followed', () => {
  const drawer = new LineDrawer(line([0, 10]));
  const half = drawer.draw({ ...look, smoothing: 0.5 }, 100);
  expect([...(half.raw?.line ?? [])]).toEqual([0, 10]);
  expect(half.main.line[1]).toBeCloseTo((0 * 0.25 + 10 * 0.5) / 0.75, 10);
  expect(drawer.draw({ ...look, smoothing: 0.9 }, 100).main.line[1]).toBeCloseTo((10 * 0.1) / 0.19, 10);
});

test('what has no place on the axis is told apart', () => {
  const found = new LineDrawer(line([1, NaN, -1, Infinity, 4])).draw({ ...look, isLog: true }, 100);
  expect(found.odd).toEqual([
    { x: 2, value: NaN },
    { x: 4, value: Infinity },
  ]);
  expect(reachOf([found])).toEqual([1, 4]);
});

test('what is not finite is told all along the axis, once for each column and kind', () => {
  const values = Array.from({ length: 1000 }, (_, at) => (at % 2 === 0 ? NaN : at === 901 ? -Infinity : 1));
  const { odd } = new LineDrawer(line(values)).draw(look, 10);
  const nan = odd.filter(({ value }) => Number.isNaN(value)).map(({ x }) => x);
  expect(nan).toHaveLength(10);
  expect(nan.at(-1)).toBeGreaterThan(900);
  expect(odd.filter(({ value }) => value === -Infinity)).toEqual([{ x: 902, value: -Infinity }]);
});

test('a zoom after a long pause is drawn in as many columns as there are', () => {
  const points = new Points();
  const clock = new Clock();
  for (let step = 1; step <= 4000; step++) {
    points.append(step, 1);
    clock.add(step, 1, 1000 * (step <= 2000 ? step : step + 28_800));
  }
  const drawer = new LineDrawer({ id: 'a', label: 'a', points, clock, look: 0 });
  // 600 seconds of 600 points, which begin right behind the pause.
  const found = drawer.draw({ ...look, xAxis: 'wall', zoom: [30_801, 31_400] }, 300);
  expect(found.main.xs.length).toBeGreaterThan(290);
});

test('ranges have air, and are never empty', () => {
  expect(rangeOf([0, 100], false)).toEqual([-6, 106]);
  expect(rangeOf([5, 5], false)).toEqual([4.5, 5.5]);
  expect(rangeOf([0, 0], false)).toEqual([-1, 1]);
  expect(rangeOf([3, 3], true)).toEqual([1.5, 6]);
  expect(rangeOf(null, false)).toEqual([0, 1]);
  const [low, high] = rangeOf([1, 1024], true);
  expect(high * low).toBeCloseTo(1024, 6); // The same air on both sides of a logarithmic axis.
});
