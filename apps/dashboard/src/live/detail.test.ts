import { expect, test } from '@jest/globals';
import { Points } from '../charts/points.js';
import { Detail, isCoarse } from './detail.js';

const each = (every: number, to: number): Points => {
  const points = new Points();
  for (let step = every; step <= to; step += every) points.append(step, step);
  return points;
};

test('a part is coarse where fewer points than steps are shown, and few of them', () => {
  const [all, tenths, epochs] = [each(1, 20_000), each(10, 20_000), each(1000, 20_000)];
  expect(isCoarse([epochs, tenths], { from: 5000, to: 6000 })).toBe(true);
  expect(isCoarse([tenths], { from: 1, to: 20_000 })).toBe(false); // 2000 points are no less than a chart shows.
  expect(isCoarse([all], { from: 100, to: 200 })).toBe(false);
  expect(isCoarse([tenths], { from: 30_000, to: 40_000 })).toBe(false);
});

test('a detail lies over the points, and is lifted up to where a run went back', () => {
  const points = each(10, 100);
  const steps = Array.from({ length: 21 }, (_, at) => 40 + at);
  const detail = new Detail(40, 60, { series: [{ name: 'loss', steps, values: steps, parts: null }] });
  expect(detail.isWhole).toBe(true);
  detail.lay(new Map([['loss', points]]));
  expect(points.length).toBe(7 + 21);
  points.cutAfter(55);
  detail.lift(55);
  expect([...points.steps]).toEqual([10, 20, 30, 40, 50]);
});
