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
