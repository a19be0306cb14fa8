import { expect, test } from '@jest/globals';
import { readView, toggled, writeView } from './view.js';

test('what was written is read, and nothing else of the address is touched', () => {
  const change = {
    ...{
      xAxis: 'epoch' as const,
      smoothing: 0.6,
      zoom: [1.5, 20] as [number, number],
      log: ['loss', 'valLoss'],
    },
    ...{ locked: ['loss'], tables: [], hidden: ['loss/valLoss'] },
  };
  const params = writeView(new URLSearchParams('tab=metrics'), change);
  expect(params.get('tab')).toBe('metrics');
  expect(readView(params)).toEqual(change);
  expect(
    writeView(params, {
      xAxis: 'step',
      smoothing: 0,
      zoom: null,
      log: [],
      locked: [],
      hidden: [],
    }).toString(),
  ).toBe('tab=metrics');
});

test.each(['x=banana&smooth=2&zoom=5~1', 'smooth=-1&zoom=a~b', 'smooth=NaN&zoom=1', 'zoom=~'])(
  'an address that makes no sense (%s) shows the defaults',
  (text) => {
    expect(readView(new URLSearchParams(text))).toEqual(readView(new URLSearchParams()));
  },
);

test('an entry is added, and taken away', () => {
  expect(toggled(['a'], 'b')).toEqual(['a', 'b']);
  expect(toggled(['a', 'b'], 'a')).toEqual(['b']);
});

test('a zoom is written as precisely as it is narrow', () => {
  // Ten minutes of a day of 2026, as seconds since 1970; then a tenth of an epoch, and whole steps of a long run.
  for (const zoom of [
    [1_795_852_800.25, 1_795_853_400.75],
    [2.5001, 2.6002],
    [1_234_567.5, 1_234_577.5],
  ] as const) {
    const [low = 0, high = 0] = readView(writeView(new URLSearchParams(), { zoom })).zoom ?? [];
    const width = zoom[1] - zoom[0];
    expect(Math.abs(low - zoom[0]) / width).toBeLessThan(1e-5);
    expect(Math.abs(high - zoom[1]) / width).toBeLessThan(1e-5);
  }
  expect(writeView(new URLSearchParams(), { zoom: [0.123456789, 2_000_000.987] }).get('zoom')).toBe(
    '0~2000001',
  );
});
