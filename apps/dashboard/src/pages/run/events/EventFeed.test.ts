import { expect, test } from '@jest/globals';
import type { EventOptions, RunEventBatch } from '@gradstream/sdk';
import { EventFeed } from './EventFeed.js';

const place = { attempt: 1, step: 1, time: '2026-01-01T00:00:00.000Z' };
const first: RunEventBatch = {
  events: [
    { seq: 1, ...place, event: { type: 'rewound', toStep: 0 } },
    { seq: 2, ...place, event: { type: 'log', level: 'warn', message: 'slow' } },
  ],
  cursor: 'c2',
  done: false,
};
const second: RunEventBatch = {
  events: [{ seq: 3, ...place, event: { type: 'log', level: 'info', message: 'fast' } }],
  cursor: 'c3',
  done: true,
};

test('events and lines are told apart, and what follows an end is read from the cursor on', async () => {
  const asked: (string | undefined)[] = [];
  const feed = new EventFeed(
    {
      followEvents: async function* (_id: string, options?: EventOptions) {
        asked.push(options?.after);
        yield await Promise.resolve(options?.after === undefined ? first : second);
      },
    },
    'run_1',
  );
  await feed.run(new AbortController().signal);
  await feed.run(new AbortController().signal);
  expect(asked).toEqual([undefined, 'c2']);
  const { events, lines, status } = feed.snapshot();
  expect(events.map(({ seq }) => seq)).toEqual([1]);
  expect([...lines].map(({ level, message }) => [level, message])).toEqual([
    ['warn', 'slow'],
    ['info', 'fast'],
  ]);
  expect(status).toEqual({ kind: 'ended' });
});

test('lines alone leave the events as they were, and what was seen of the lines stays what it was', async () => {
  const feed = new EventFeed(
    {
      followEvents: async function* (_id: string, options?: EventOptions) {
        yield await Promise.resolve(options?.after === undefined ? first : second);
      },
    },
    'run_1',
  );
  await feed.run(new AbortController().signal);
  const before = feed.snapshot();
  await feed.run(new AbortController().signal);
  const after = feed.snapshot();
  expect(after.events).toBe(before.events);
  expect(after.lines).not.toBe(before.lines);
  expect([before.lines.length, after.lines.length]).toEqual([1, 2]);
  expect([...before.lines].map(({ seq }) => seq)).toEqual([2]);
  expect([before.lines.at(1), after.lines.at(1)?.seq]).toEqual([undefined, 3]);
});

test('a failure is told, and a page that has gone takes nothing more', async () => {
  const error = new Error('no such run');
  const failing = new EventFeed(
    {
      followEvents: () => {
        throw error;
      },
    },
    'run_1',
  );
  await failing.run(new AbortController().signal);
  expect(failing.snapshot().status).toEqual({ kind: 'failed', error });
  const gone = new EventFeed(
    {
      followEvents: async function* () {
        yield await Promise.resolve(first);
      },
    },
    'run_1',
  );
  await gone.run(AbortSignal.abort());
  expect(gone.snapshot().events).toEqual([]);
});
