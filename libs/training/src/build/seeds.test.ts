import { expect, test } from '@jest/globals';
import { dropoutSeed, weightSeed } from './seeds.js';

test('no parameter and no step of a layer shares a seed with another', () => {
  const seeds: string[] = [];
  for (let layer = 0; layer < 200; layer++)
    for (const parameter of [0, 1]) seeds.push(weightSeed(42, layer, parameter).join());
  for (let step = 0; step < 20_000; step++) {
    const [first, second] = dropoutSeed(42, step);
    for (let layer = 0; layer < 10; layer++) seeds.push(`${first},${(second + layer) | 0}`);
  }
  expect(new Set(seeds).size).toBe(seeds.length);
});
