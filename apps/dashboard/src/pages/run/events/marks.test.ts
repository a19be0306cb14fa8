import { expect, test } from '@jest/globals';
import type { StoredRunEvent } from '@gradstream/sdk';
import { marksOf } from './marks.js';

let seq = 0;
const stored = (step: number, attempt: number, event: StoredRunEvent['event']): StoredRunEvent => ({
  ...{ seq: ++seq, attempt, step, event },
  time: new Date(1000 * step).toISOString(),
});
const change = (
  from: Extract<StoredRunEvent['event'], { type: 'stateChanged' }>['from'],
  to: typeof from,
  cause: string,
): StoredRunEvent['event'] => ({ type: 'stateChanged', from, to, cause });
const checkpointed = (step: number): StoredRunEvent['event'] => ({
  type: 'checkpointed',
  checkpointId: `ckpt_${step}`,
  step,
});
const shape = (events: readonly StoredRunEvent[]) => marksOf(events).map(({ step, kind }) => [step, kind]);

test('a run that is paused, resumed and succeeds has its marks where it stood; starts and log lines have none', () => {
  const marks = marksOf([
    stored(0, 1, change('queued', 'preparing', 'a worker took it on')),
    stored(0, 1, change('preparing', 'running', 'training began')),
    stored(3, 1, { type: 'log', level: 'info', message: 'hello' }),
    stored(7, 1, checkpointed(7)),
    stored(7, 1, change('running', 'paused', 'paused by a request')),
    stored(7, 1, change('paused', 'queued', 'resumed by a request')),
    stored(9, 2, change('running', 'succeeded', 'all epochs done')),
  ]);
  expect(marks.map(({ step, kind }) => [step, kind])).toEqual([
    [7, 'checkpoint'],
    [7, 'paused'],
    [7, 'resumed'],
    [9, 'ended'],
  ]);
  expect(marks[1]).toEqual({
    ...{ step: 7, kind: 'paused', time: 7000 },
    label: 'paused: paused by a request',
  });
});

test('a crash is marked where the run was, the rewind where it goes on; checkpoints beyond are taken back', () => {
  expect(
    shape([
      stored(10, 1, checkpointed(10)),
      stored(20, 1, checkpointed(20)),
      stored(25, 1, change('running', 'queued', 'ENGINE_CRASHED (1 of at most 3): the trainer died')),
      stored(10, 2, { type: 'rewound', toStep: 10 }),
      stored(10, 2, change('queued', 'preparing', 'a worker took it on again')),
      stored(20, 2, checkpointed(20)),
      stored(20, 2, checkpointed(20)),
    ]),
  ).toEqual([
    [10, 'checkpoint'],
    [25, 'crashed'],
    [10, 'rewound'],
    [20, 'checkpoint'],
  ]);
});

test('a lost worker is a crash, one that was shut down is none; a retry is told with what it was before', () => {
  const marks = marksOf([
    stored(4, 1, change('running', 'preparing', 'a worker took it on again')),
    stored(5, 2, change('running', 'queued', 'its worker was shut down')),
    stored(6, 3, change('running', 'failed', 'The loss is NaN.')),
    stored(6, 3, change('failed', 'queued', 'retried from its start')),
  ]);
  expect(marks.map(({ kind }) => kind)).toEqual(['crashed', 'ended', 'retried']);
  expect(marks[1]?.label).toBe('failed: The loss is NaN.');
  expect(marks[2]?.label).toBe('retried after it was failed: retried from its start');
});
