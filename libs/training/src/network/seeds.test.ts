import { expect, test } from '@jest/globals';
import { SEEDS_PER_CALL } from '@gradstream/models';
import { stepSeed, weightSeed } from './seeds.js';

test('no weight and no step of a layer shares a seed with another', () => {
  const seeds: string[] = [];
  for (let weight = 0; weight < 400; weight++) seeds.push(weightSeed(42, weight).join());
  for (let step = 0; step < 10_000; step++) {
    const [first, second] = stepSeed(42, step);
    for (let drawn = 0; drawn < 2 * SEEDS_PER_CALL; drawn++) seeds.push(`${first},${(second + drawn) | 0}`);
  }
  expect(new Set(seeds).size).toBe(seeds.length);
});
