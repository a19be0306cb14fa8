import { expect, test } from '@jest/globals';
import type { StoredRunEvent } from '@gradstream/sdk';
import { describeEvent, isEnd } from './runEvents.js';

type Event = StoredRunEvent['event'];
const stored = (event: Event): StoredRunEvent => ({
  ...{ seq: 1, attempt: 2, step: 40, time: '2026-01-01T00:00:00.000Z', event },
});
const change = (
  from: 'queued' | 'preparing' | 'running' | 'paused' | 'failed' | 'cancelled',
  to: 'queued' | 'preparing' | 'running' | 'paused' | 'succeeded' | 'failed',
  cause: string,
): Event => ({ type: 'stateChanged', from, to, cause });

// Causes as the service words them: libs/domain/src/runs.
test.each<[string | null, Event]>([
  ['attempt 2: a worker took it on again', change('queued', 'preparing', 'a worker took it on again')],
  [null, change('preparing', 'running', 'training began')],
  [
    'paused at step 40. To go on: npm run gradstream -- runs resume run_1',
    change('running', 'paused', 'paused by a request'),
  ],
  ['resumed: waits for a worker', change('paused', 'queued', 'resumed by a request')],
  [
    'stopped at step 40: ENGINE_CRASHED (1 of at most 3): the trainer died; another attempt follows',
    change('running', 'queued', 'ENGINE_CRASHED (1 of at most 3): the trainer died.'),
  ],
  [
    'stopped at step 40: the worker shut down; another attempt follows',
    change('running', 'queued', 'the worker shut down'),
  ],
  ['retried (it was failed): waits for a worker', change('failed', 'queued', 'retried')],
  [
    'retried from its start (it was cancelled): waits for a worker',
    change('cancelled', 'queued', 'retried from its start'),
  ],
  ['succeeded at step 40: all epochs done', change('running', 'succeeded', 'all epochs done')],
  ['goes back to step 32 (attempt 2)', { type: 'rewound', toStep: 32 }],
  ['checkpoint at step 39 (ckpt_1)', { type: 'checkpointed', checkpointId: 'ckpt_1', step: 39 }],
  ['warning: 3 rows are there twice', { type: 'log', level: 'warn', message: '3 rows are there twice' }],
  ['error: no', { type: 'log', level: 'error', message: 'no' }],
  [null, { type: 'log', level: 'info', message: 'a line of the trainer' }],
])('%s', (line, event) => {
  expect(describeEvent(stored(event), 'run_1')).toBe(line);
});

test('the end is a state that nothing follows by itself', () => {
  expect(isEnd(stored(change('running', 'failed', 'no')))).toBe(true);
  expect(isEnd(stored(change('running', 'paused', 'no')))).toBe(false);
  expect(isEnd(stored({ type: 'rewound', toStep: 0 }))).toBe(false);
});
