import { expect, test } from '@jest/globals';
import type { MarkKind } from './marks.js';
import { signsWithRoom } from './signs.js';

const shown = (signs: readonly (readonly [number, MarkKind])[]) =>
  signsWithRoom(
    signs.map(([left, kind]) => ({ left, kind })),
    14,
  ).map(({ left, kind }) => [left, kind]);

test('a rewind is shown, and the checkpoint that it went back to gives way', () => {
  expect(
    shown([
      [100, 'checkpoint'],
      [100, 'rewound'],
      [250, 'crashed'],
    ]),
  ).toEqual([
    [100, 'rewound'],
    [250, 'crashed'],
  ]);
});

test('signs have room on both sides, in whichever order they come', () => {
  expect(
    shown([
      [30, 'checkpoint'],
      [64, 'resumed'],
      [45, 'paused'],
      [50, 'resumed'],
      [77, 'checkpoint'],
    ]),
  ).toEqual([
    [64, 'resumed'],
    [45, 'paused'],
    [30, 'checkpoint'],
  ]);
  const row = Array.from({ length: 100 }, (_, at) => [at, 'checkpoint'] as const);
  expect(shown(row).map(([left]) => left)).toEqual([0, 14, 28, 42, 56, 70, 84, 98]);
});
