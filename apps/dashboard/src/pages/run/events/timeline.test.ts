import { expect, test } from '@jest/globals';
import type { StoredRunEvent } from '@gradstream/sdk';
import { timelineOf } from './timeline.js';

const checkpoint = (seq: number, attempt = 1): StoredRunEvent => ({
  ...{ seq, attempt, step: seq, time: '2026-01-01T00:00:00.000Z' },
  event: { type: 'checkpointed', checkpointId: `ckpt_${seq}`, step: seq },
});
const paused: StoredRunEvent = {
  ...{ seq: 3, attempt: 1, step: 2, time: '2026-01-01T00:00:00.000Z' },
  event: { type: 'stateChanged', from: 'running', to: 'paused', cause: 'paused by a request' },
};

test('newest first; checkpoints in a row are one entry, those of another attempt or after a pause are not', () => {
  const entries = timelineOf([checkpoint(1), checkpoint(2), paused, checkpoint(4), checkpoint(5, 2)]);
  expect(entries.map(({ last, all }) => [last.kind, all.map(({ step }) => step)])).toEqual([
    ['checkpoint', [5]],
    ['checkpoint', [4]],
    ['paused', [2]],
    ['checkpoint', [2, 1]],
  ]);
});
