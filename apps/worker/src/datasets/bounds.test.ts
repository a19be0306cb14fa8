import { expect, test } from '@jest/globals';
import type { FeatureStatistics } from '@gradstream/contracts';
import { boundPreview, boundStatistics } from './bounds.js';

test('a preview has the rows that fit, and always one', () => {
  // As JSON each row is ["aaaaaaaa"]: 12 bytes.
  const rows = Array.from({ length: 5 }, () => ['a'.repeat(8)]);
  expect(boundPreview(rows, 40)).toHaveLength(3);
  expect(boundPreview(rows, 1)).toHaveLength(1);
  expect(boundPreview([], 1)).toEqual([]);
});

test('statistics keep as many frequent values as fit', () => {
  const column: FeatureStatistics = {
    ...{ name: 'a', type: 'text', count: 100, missing: 0, min: 1, max: 1, mean: 1, std: 0 },
    ...{ quantiles: null, distinct: 100 },
    top: Array.from({ length: 100 }, (_, i) => ({ value: `${i}`.padStart(100, '0'), count: 1 })),
  };
  // A value is about 125 bytes as JSON.
  const keptOf = (bytes: number) => boundStatistics([column], bytes).map(({ top }) => top.length);
  expect(keptOf(1e6)).toEqual([100]);
  expect(keptOf(5000)).toEqual([32]);
  expect(keptOf(10)).toEqual([0]);
});
