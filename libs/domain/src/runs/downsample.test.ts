// Expected points are found by looking at every value, not by the code under test.

import { describe, expect, test } from '@jest/globals';
import { downsample, type Sample } from './downsample.js';

/** A series of a wave with one spike and one hole. */
const wave = (count: number): Sample[] =>
  Array.from({ length: count }, (_, i) => ({
    step: i + 1,
    value: i === 700 ? 1e6 : i === 701 ? -1e6 : Math.sin(i / 10),
  }));

describe('downsample', () => {
  test.each([2, 3, 4, 5, 17, 100, 999])('at most %i points, with exact ends, in order', (points) => {
    const all = wave(5000);
    const found = downsample(all, points);
    expect(found.length).toBeLessThanOrEqual(points);
    expect([found[0], found.at(-1)]).toEqual([all[0], all.at(-1)]);
    for (const [i, { step }] of found.entries()) expect(step).toBeGreaterThan(found[i - 1]?.step ?? 0);
    for (const { step, value } of found) expect(value).toBe(all[step - 1]?.value);
  });

  test('lowest and highest of every part are kept', () => {
    const all = wave(1000);
    const found = new Map(downsample(all, 102).map(({ step, value }) => [step, value]));
    for (let part = 0; part < 50; part++) {
      const values = all.slice(part * 20, (part + 1) * 20).map(({ value }) => value);
      const shown = [...found]
        .filter(([step]) => step > part * 20 && step <= (part + 1) * 20)
        .map(([, v]) => v);
      expect(shown).toEqual(expect.arrayContaining([Math.min(...values), Math.max(...values)]));
    }
    expect([found.get(701), found.get(702)]).toEqual([1e6, -1e6]);
  });

  test('few points stay as they are, NaN among them; of many it is shown at the ends', () => {
    const few = [1, Number.NaN, 3].map((value, i) => ({ step: i + 1, value }));
    expect(downsample(few, 3)).toEqual(few);
    expect(downsample([], 5)).toEqual([]);
    const many = wave(100).map(({ step, value }) => ({ step, value: step > 50 ? Number.NaN : value }));
    const found = downsample(many, 10);
    expect(found.at(-1)).toEqual({ step: 100, value: Number.NaN });
    expect(found.filter(({ value }) => Number.isNaN(value))).toHaveLength(1);
  });
});
