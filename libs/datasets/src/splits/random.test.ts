import { describe, expect, test } from '@jest/globals';
import { fitScaling } from '../preprocessing/scale.js';
import { permutation, splitmix64, streamKey } from './random.js';
import { splitIndices, splitSizes } from './split.js';
import { xoshiro128 } from './xoshiro.js';

const sorted = (values: Uint32Array): number[] => [...values].sort((a, b) => a - b);
const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

describe('random numbers', () => {
  test('splitmix64 gives the values of its reference implementation', () => {
    // prng.di.unimi.it/splitmix64.c begun at 1234567; the values are also those of Rosetta Code's task "Splitmix64".
    const expected = [
      6457827717110365317n,
      3203168211198807973n,
      9817491932198370423n,
      4593380528125082431n,
      16408922859458223821n,
    ];
    expect([1n, 2n, 3n, 4n, 5n].map((n) => splitmix64(1234567n, n))).toEqual(expected);
  });

  test('xoshiro128** gives the values of its reference implementation', () => {
    // prng.di.unimi.it/xoshiro128starstar.c begun at 1, 2, 3, 4; the values are also those of the crate rand_xoshiro.
    const expected = [
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034, 3734860849, 3729100597, 4258142804,
    ];
    const next = xoshiro128([1, 2, 3, 4]);
    expect(expected.map(() => next())).toEqual(expected);
  });

  test('a permutation holds each number once, the same for the same key', () => {
    const key = streamKey(42, 1);
    expect(sorted(permutation(1000, key))).toEqual(upTo(1000));
    expect(permutation(1000, key)).toEqual(permutation(1000, key));
    expect(permutation(1000, key)).not.toEqual(permutation(1000, streamKey(42, 2)));
  });

  test('every order of three is about equally likely', () => {
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 6000; seed++) {
      const order = permutation(3, streamKey(seed, 0)).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    // Chi-squared with 5 degrees of freedom: 20.5 is passed by chance once in a thousand.
    const chi = [...counts.values()].reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
    expect(counts.size).toBe(6);
    expect(chi).toBeLessThan(20.5);
  });
});

test('a split has every row once', () => {
  const settings = { train: 0.8, validation: 0.2, by: 'random', seed: 1 } as const;
  const { train, validation } = splitIndices(1797, settings);
  expect([train.length, validation.length]).toEqual([1438, 359]);
  expect(sorted(Uint32Array.from([...train, ...validation]))).toEqual(upTo(1797));
  const sequential = splitIndices(10, { ...settings, by: 'sequential' });
  expect([[...sequential.train], [...sequential.validation]]).toEqual([upTo(8), [8, 9]]);
});

test('the sizes of a split are known without its rows, however many', () => {
  expect(splitSizes(1797, { train: 0.8, validation: 0.2 })).toEqual({ train: 1438, validation: 359 });
  expect(splitSizes(10, { train: 0.8, validation: 0.1 })).toEqual({ train: 8, validation: 1 });
  expect(splitSizes(1, { train: 0.5, validation: 0.4 })).toEqual({ train: 0, validation: 0 });
  // More rows than any array can have.
  expect(splitSizes(1e12, { train: 0.5, validation: 0.5 })).toEqual({ train: 5e11, validation: 5e11 });
});

test('scaling is fitted column by column', () => {
  const inputs = Float32Array.from([0, 5, 10, 5]); // Rows [0, 5] and [10, 5]; the second column is constant.
  const [offset, factor] = [Float64Array.of(0, 5), Float64Array.of(1 / 10, 0)];
  expect(fitScaling(inputs, 2, 'minmax')).toEqual({ offset, factor });
  // Mean 5, standard deviation 5.
  const standardized = { offset: Float64Array.of(5, 5), factor: Float64Array.of(1 / 5, 0) };
  expect(fitScaling(inputs, 2, 'standardize')).toEqual(standardized);
});
