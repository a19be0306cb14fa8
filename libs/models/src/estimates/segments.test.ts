import { describe, expect, test } from '@jest/globals';
import { testGraph, type TestCall } from '../testing/graph.js';
import { segmentsOf } from './segments.js';

const dense = (name: string, more: Partial<TestCall> = {}): TestCall => ({
  name,
  shape: [8],
  weights: { kernel: [8, 8] },
  activation: 'relu',
  ...more,
});
const names = (count: number): string[] => Array.from({ length: count }, (_, i) => `h${i}`);
const x = { x: [8] };
const cuts = (...args: Parameters<typeof segmentsOf>): number[][] =>
  segmentsOf(...args).map(({ from, to }) => [from, to]);

test('none, and nothing to cut', () => {
  const graph = testGraph({ inputs: x, calls: names(16).map((name) => dense(name)) });
  expect(segmentsOf(graph, 'none')).toEqual([]);
  expect(segmentsOf(testGraph({ inputs: x, calls: [dense('a')] }), 'blocks')).toEqual([]);
  const frozen = names(16).map((name) => dense(name, { trainable: false }));
  expect(segmentsOf(testGraph({ inputs: x, calls: frozen }), 'blocks')).toEqual([]);
});

test('16 equal layers are 4 segments, the last of which is not computed again', () => {
  const graph = testGraph({ inputs: x, calls: names(16).map((name) => dense(name)) });
  expect(cuts(graph, 'blocks')).toEqual([
    [0, 4],
    [4, 8],
    [8, 12],
  ]);
});

test('cuts lie where one value crosses, not within a residual block', () => {
  // Blocks of three calls; inside of one, its input crosses as well.
  const calls = names(12).flatMap((name, i) => {
    const before = i === 0 ? 'x' : `sum${i - 1}`;
    return [
      dense(`${name}a`, { from: [before] }),
      dense(`${name}b`),
      { name: `sum${i}`, type: 'Add', from: [before, `${name}b`], shape: [8] },
    ];
  });
  const found = cuts(testGraph({ inputs: x, calls }), 'blocks');
  expect(found.length).toBeGreaterThanOrEqual(3);
  for (const [from = 0, to = 0] of found) expect([from % 3, to % 3]).toEqual([0, 0]);
});

test('segments are balanced by what is kept, not by the number of calls', () => {
  const wide = names(4).map((name) => dense(`wide ${name}`, { shape: [64] }));
  const narrow = names(32).map((name) => dense(name));
  // 4 · 64 + 32 · 8 = 512 values in √36 = 6 segments: about 85 each, which is one wide layer and two narrow ones, or ten narrow ones. A wide layer
  // by itself is near enough, and the next one would be too far.
  const found = cuts(testGraph({ inputs: x, calls: [...wide, ...narrow] }), 'blocks');
  expect(found.slice(0, 4)).toEqual([
    [0, 1],
    [1, 2],
    [2, 3],
    [3, 6],
  ]);
  expect(found[4]).toEqual([6, 16]);
});

describe('masks', () => {
  test('no value that may have one goes into a segment or out of it', () => {
    const calls = names(36).map((name, i) =>
      dense(name, i === 9 ? { mask: () => null } : i > 9 && i < 21 ? { mask: 'pass' } : {}),
    );
    const found = cuts(testGraph({ inputs: x, calls }), 'blocks');
    expect(found.length).toBeGreaterThan(2);
    // Values of calls 9 to 20 have a mask, and the last of them is taken by call 21.
    for (const cut of found.flat()) expect(cut <= 9 || cut > 21).toBe(true);
  });

  test('a masked output of the model ends the cuts', () => {
    const calls = names(16).map((name, i) => dense(name, { mask: i === 0 ? () => null : 'pass' }));
    expect(segmentsOf(testGraph({ inputs: x, calls }), 'blocks')).toEqual([]);
  });
});

test('any graph is cut in order, without overlaps, never at its end', () => {
  // Random graphs by a linear congruential generator (Numerical Recipes), so that a failure comes again.
  let state = 1;
  const random = (below: number): number => {
    state = (1664525 * state + 1013904223) % 2 ** 32;
    return Math.floor((state / 2 ** 32) * below);
  };
  for (let round = 0; round < 200; round++) {
    const count = 1 + random(60);
    const calls = names(count).map((name, i) => {
      const from = i === 0 ? ['x'] : [`h${Math.max(0, i - 1 - random(4))}`];
      const mask = random(8) === 0 ? () => null : random(2) === 0 ? ('pass' as const) : undefined;
      return dense(name, { from, shape: [1 + random(50)], ...(mask ? { mask } : {}) });
    });
    let end = 0;
    for (const { from, to } of segmentsOf(testGraph({ inputs: x, calls }), 'blocks')) {
      expect(from).toBe(end);
      expect(to).toBeGreaterThan(from);
      expect(to).toBeLessThan(count);
      end = to;
    }
  }
});
