// Expected frames are found by looking at every value.

import { describe, expect, test } from '@jest/globals';
import type { FrameRow } from '@gradstream/data';
import { thinned, withoutTakenBack } from './thin.js';

const row = (seq: number, values: Readonly<Record<string, number>>, step = seq): FrameRow => ({
  ...{
    run_id: 'run',
    project_id: 'prj',
    attempt: 1,
    kind: 'metrics',
    epoch: 1,
    time: new Date(0),
    event: null,
  },
  ...{ seq, step, series: Object.keys(values), values: Object.values(values) },
});
const seqs = (rows: readonly FrameRow[]): number[] => rows.map(({ seq }) => seq);

describe('thinned', () => {
  test('keeps lowest, highest and last of each series', () => {
    const values = [5, 2, 9, 4, 9, 2, 7];
    const rows = values.map((loss, i) => row(i + 1, { loss, rate: 1 }));
    rows.splice(3, 0, row(3.5, { valLoss: 1 }));
    expect(seqs(thinned(rows, null))).toEqual([1, 2, 3, 3.5, 7]); // 1 for the rate, which never changes.
    expect(seqs(thinned(rows, new Set(['loss'])))).toEqual([2, 3, 7]);
    expect(thinned(rows, new Set(['other']))).toEqual([]);
  });

  test('the infinities are values, the first NaN is kept, and the last value whatever it is', () => {
    const values = [3, Infinity, 1, Number.NaN, -Infinity, Number.NaN, 2, 3];
    const rows = values.map((loss, i) => row(i + 1, { loss }));
    expect(seqs(thinned(rows, null))).toEqual([2, 4, 5, 8]);
    const none = [1, 2, 3].map((seq) => row(seq, { loss: Number.NaN }));
    expect(seqs(thinned(none, null))).toEqual([1, 3]);
  });

  test('of ten thousand frames few are left', () => {
    const rows = Array.from({ length: 10_000 }, (_, i) => row(i + 1, { loss: Math.sin(i), rate: -i }));
    expect(thinned(rows, null).length).toBeLessThanOrEqual(6);
  });
});

test('a rewind takes back what came before it and lies beyond its step', () => {
  const rows = [
    row(1, { loss: 1 }, 1),
    row(2, { loss: 1 }, 2),
    row(4, { loss: 1 }, 2),
    row(5, { loss: 1 }, 3),
  ];
  expect(seqs(withoutTakenBack(rows, [{ seq: 3, step: 1 }]))).toEqual([1, 4, 5]);
});
