// The forms that Postgres's manual gives (8.15.6, array input).

import type { NewFrame } from '@gradstream/contracts';
import { expect, test } from '@jest/globals';
import { toColumns } from './frameColumns.js';

const time = '2026-01-02T03:04:05.678Z';

function frame(step: number, values: Readonly<Record<string, number>>): NewFrame {
  const [series, numbers] = [Object.keys(values), Object.values(values)];
  return { kind: 'metrics', step, epoch: 1, time, series, values: numbers, event: null };
}

test('a column has a cell for each frame, and each list of names is there once', () => {
  const event = { type: 'log', level: 'info', message: 'a\u0000b' } as const;
  const columns = toColumns([
    frame(1, { loss: 0.1, accuracy: 1e-300 }),
    frame(1, { valLoss: NaN }),
    { ...frame(1, {}), kind: 'event', event },
    frame(2, { loss: -Infinity, accuracy: Infinity }),
  ]);
  expect(columns).toEqual({
    kinds: '{metrics,metrics,event,metrics}',
    steps: '{1,1,1,2}',
    epochs: '{1,1,1,1}',
    times: `{${[time, time, time, time].join(',')}}`,
    layoutNumbers: '{1,2,3,1}',
    numbers: '{0.1,1e-300,NaN,-Infinity,Infinity}',
    starts: '{0,2,3,3}',
    ends: '{2,3,3,5}',
    layouts: ['{"loss","accuracy"}', '{"valLoss"}', '{}'],
    events: [null, null, '{"type":"log","level":"info","message":"a\ufffdb"}', null],
  });
});

test('a name may hold what arrays are written with', () => {
  expect(toColumns([frame(1, { 'a,b{c}"d\\e': 1, null: 2 })]).layouts).toEqual([
    String.raw`{"a,b{c}\"d\\e","null"}`,
  ]);
});
