import { expect, test } from '@jest/globals';
import { Clock } from './clock.js';
import { marksByRow, placeMarks, type ChartMark } from './marks.js';

const mark = (step: number, seconds: number, kind: ChartMark['kind']): ChartMark => ({
  ...{ step, kind, time: 1000 * seconds, label: `${kind} at ${step}` },
});

// 20 steps of a second each; a crash after the 20th, and from step 10 on again, 100 seconds later.
const clock = new Clock();
for (let step = 1; step <= 20; step++) clock.add(step, 1, 1000 * step);
clock.cutAfter(10);
for (let step = 11; step <= 20; step++) clock.add(step, 1, 1000 * (step + 100));
const marks = [
  mark(10, 10.5, 'checkpoint'),
  mark(20, 20.5, 'crashed'),
  mark(10, 110, 'rewound'),
  mark(15, 115, 'paused'),
  mark(15, 175, 'resumed'),
];

test('marks are in the order of the axis: by step where it counts steps, by their moments where it counts time', () => {
  const at = (xAxis: Parameters<typeof placeMarks>[2]) =>
    placeMarks(marks, clock, xAxis).map(({ x, mark: { kind } }) => [kind, x]);
  expect(at('step')).toEqual([
    ['checkpoint', 10],
    ['rewound', 10],
    ['paused', 15],
    ['resumed', 15],
    ['crashed', 20],
  ]);
  expect(at('relative')).toEqual([
    ['checkpoint', 9.5],
    ['crashed', 19.5],
    ['rewound', 109],
    ['paused', 114],
    ['resumed', 174],
  ]);
  expect(at('wall')[4]).toEqual(['resumed', 175]);
});

test('a mark is told at the first row that is not before it, one behind all rows at the last', () => {
  const rows = marksByRow([5, 15, 16], placeMarks(marks, clock, 'step'));
  expect([...rows].map(([row, all]) => [row, all.map(({ kind }) => kind)])).toEqual([
    [1, ['checkpoint', 'rewound', 'paused', 'resumed']],
    [2, ['crashed']],
  ]);
  expect(marksByRow([], placeMarks(marks, clock, 'step')).size).toBe(0);
});
