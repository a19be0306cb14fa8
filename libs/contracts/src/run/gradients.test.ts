import { expect, test } from '@jest/globals';
import { toLayerGradients } from './gradients.js';

test('series become layers: names with slashes, layers called like statistics, histograms with gaps', () => {
  const found = toLayerGradients({
    'block/dense/norm': 0.5,
    'block/dense/updateRatio': 'NaN',
    'histogram/norm': 2,
    'norm/norm': 3,
    'out/norm': 1,
    'out/zeroFraction': 0.25,
    'out/nonFinite': 0,
    'out/histogram/0': 4,
    'out/histogram/47': 12,
    nonsense: 1,
  });
  expect(found.map(({ layer }) => layer)).toEqual(['block/dense', 'histogram', 'norm', 'out']);
  expect(found[0]).toMatchObject({ norm: 0.5, updateRatio: 'NaN', mean: null, histogram: null });
  const bins = Array.from({ length: 64 }, (_, bin) => (bin === 0 ? 4 : bin === 47 ? 12 : 0));
  expect(found[3]).toEqual({
    ...{ layer: 'out', norm: 1, mean: null, std: null, zeroFraction: 0.25, nonFinite: 0, updateRatio: null },
    histogram: bins,
  });
});

test('a layer whose gradients are all 0 has an empty histogram', () => {
  expect(toLayerGradients({ 'a/norm': 0, 'a/zeroFraction': 1 })[0]?.histogram).toEqual(Array(64).fill(0));
});
