import { expect, test } from '@jest/globals';
import { fromTrainerSchema } from './trainer.js';

const frame = {
  ...{ kind: 'metrics', step: 1, epoch: 1, time: '2026-01-02T03:04:05.678Z', event: null },
  ...{ series: ['loss', 'accuracy'], values: [0.5, NaN] },
};

test('frames keep numbers that are none', () => {
  const values = [NaN, Infinity];
  const message = { type: 'frames', frames: [frame, { ...frame, values }] };
  expect(fromTrainerSchema.parse(message)).toEqual(message);
});

test.each([
  ['numbers that are texts', { values: [0.5, '1'] }, 'values'],
  ['names that are numbers', { series: ['loss', 1] }, 'series'],
  ['no list of numbers', { values: { length: 2 } }, 'values'],
])('%s are refused', (_, wrong, place) => {
  const { error } = fromTrainerSchema.safeParse({ type: 'frames', frames: [frame, { ...frame, ...wrong }] });
  expect(error?.issues.map(({ path }) => path)).toEqual([['frames', 1, place]]);
});
