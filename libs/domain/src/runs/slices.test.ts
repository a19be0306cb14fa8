import { describe, expect, test } from '@jest/globals';
import type { FrameRow } from '@gradstream/data';
import { nextLimit } from './slices.js';

/** Frames of so many numbers each. */
const rows = (count: number, numbers: number): FrameRow[] =>
  Array.from({ length: count }, () => ({ values: Array.from({ length: numbers }, () => 0) }) as FrameRow);

describe('the next slice of a follower', () => {
  test.each([
    ['few numbers', rows(100, 6), 1000],
    ['many numbers', rows(100, 200), 50], // 50 · 200 = 10,000.
    ['very many numbers', rows(2, 100_000), 20],
    ['events, which have none', rows(3, 0), 1000],
    ['no news, which say nothing', [], 77],
  ])('after %s', (_, last, expected) => {
    expect(nextLimit(last, 77)).toBe(expected);
  });
});
