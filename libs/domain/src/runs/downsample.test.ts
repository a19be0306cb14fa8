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
    const found = downsample(all, points).samples;
    expect(found.length).toBeLessThanOrEqual(points);
    expect([found[0], found.at(-1)]).toEqual([all[0], all.at(-1)]);
    for (const [i, { step }] of found.entries()) expect(step).toBeGreaterThan(found[i - 1]?.step ?? 0);
    for (const { step, value } of found) expect(value).toBe(all[step - 1]?.value);
  });

  test('lowest and highest of every part are kept', () => {
    const all = wave(1000);
    const found = new Map(downsample(all, 102).samples.map(({ step, value }) => [step, value]));
    for (let part = 0; part < 50; part++) {
      const values = all.slice(part * 20, (part + 1) * 20).map(({ value }) => value);
      const shown = [...found]
        .filter(([step]) => step > part * 20 && step <= (part + 1) * 20)
        .map(([, v]) => v);
      expect(shown).toEqual(expect.arrayContaining([Math.min(...values), Math.max(...values)]));
    }
    expect([found.get(701), found.get(702)]).toEqual([1e6, -1e6]);
  });

  test('few points stay as they are, NaN among them', () => {
    const few = [1, Number.NaN, 3].map((value, i) => ({ step: i + 1, value }));
    expect(downsample(few, 3)).toEqual({ samples: few, parts: null });
    expect(downsample([], 5)).toEqual({ samples: [], parts: null });
  });

  /** Steps of which the value is NaN. */
  const nanSteps = (samples: readonly Sample[]): number[] =>
    samples.filter(({ value }) => Number.isNaN(value)).map(({ step }) => step);

  test('a single NaN is shown, and takes no more than its place', () => {
    const all = wave(1000).map(({ step, value }) => ({ step, value: step === 333 ? Number.NaN : value }));
    for (const points of [5, 6, 17, 102, 500]) {
      const found = downsample(all, points).samples;
      expect(nanSteps(found)).toEqual([333]);
      expect(found.length).toBeLessThanOrEqual(points);
    }
    const shown = downsample(all, 102).samples.length;
    expect(shown).toBeGreaterThan(102 - 4);
  });

  test('of each part the first NaN is shown, and the rest still has its extremes', () => {
    const all = wave(1000).map(({ step, value }) => ({ step, value: step % 10 === 3 ? Number.NaN : value }));
    const found = downsample(all, 50).samples;
    expect(found.length).toBeLessThanOrEqual(50);
    expect(nanSteps(found)[0]).toBe(3);
    expect(nanSteps(found).length).toBeGreaterThan(10);
    const last = nanSteps(found).at(-1) ?? 0;
    expect(last).toBeGreaterThan(900);
    expect(found.map(({ value }) => value)).toEqual(expect.arrayContaining([1e6, -1e6]));
  });

  test('a series of nothing but NaN has marks all along', () => {
    const all = Array.from({ length: 100 }, (_, i) => ({ step: i + 1, value: Number.NaN }));
    const { samples } = downsample(all, 10);
    expect(nanSteps(samples)).toEqual([1, 26, 51, 76, 100]); // Four parts of 25, and the end.
  });

  test('the parts hold every point, and the mean of each is that of its numbers', () => {
    // A loss of 1, with a spike of 100 in each part: its points are half spikes, its means are not.
    const all = Array.from({ length: 1000 }, (_, i) => ({ step: i + 1, value: i % 20 === 9 ? 100 : 1 }));
    const { parts } = downsample(all, 102);
    expect(parts?.map(({ firstStep, lastStep }) => [firstStep, lastStep])).toEqual(
      Array.from({ length: 50 }, (_, part) => [part * 20 + 1, part * 20 + 20]),
    );
    expect(parts?.map(({ sum, count }) => [sum, count])).toEqual(Array.from({ length: 50 }, () => [119, 20]));
  });

  test('where parts are joined for a NaN, none of their numbers is lost', () => {
    const values = [Number.NaN, Infinity, -1e300, 2, 3];
    const all = Array.from({ length: 1000 }, (_, i) => ({ step: i + 1, value: values[i % 5] ?? 0 }));
    const parts = downsample(all, 20).parts ?? [];
    expect(parts.reduce((count, part) => count + part.count, 0)).toBe(400); // Of each five the 2 and the 3.
    expect(parts.reduce((sum, part) => sum + part.sum, 0)).toBe(1000);
    for (const [at, { firstStep }] of parts.entries())
      expect(firstStep).toBe((parts[at - 1]?.lastStep ?? 0) + 1);
    expect(parts.at(-1)?.lastStep).toBe(1000);
  });
});
