import { expect, test } from '@jest/globals';
import type { Run } from '@gradstream/sdk';
import { commandsFor, pendingOf } from './runCommands.js';

const standing = (state: Run['state'], changes: Partial<Run> = {}) => ({
  ...{ state, pauseRequested: false, cancelRequested: false },
  ...changes,
});

// The table "What may be asked of a run" of docs/runs.md.
test.each([
  [standing('queued'), ['pause', 'fork', 'cancel']],
  [standing('running'), ['pause', 'fork', 'cancel']],
  [standing('running', { pauseRequested: true }), ['resume', 'fork', 'cancel']],
  [standing('running', { cancelRequested: true }), ['fork']],
  [standing('paused'), ['resume', 'fork', 'cancel']],
  [standing('succeeded'), ['fork', 'delete']],
  [standing('failed'), ['retry', 'fork', 'delete']],
])('%j can be asked for %j', (run, commands) => {
  expect(commandsFor(run, true)).toEqual(commands);
});

test('a run whose dataset was deleted does not train again', () => {
  expect(commandsFor(standing('cancelled'), false)).toEqual(['delete']);
});

test('what was asked for and has not come about is told until it has', () => {
  expect(pendingOf(standing('running', { pauseRequested: true }))).toMatch(/paused/);
  expect(pendingOf(standing('preparing', { cancelRequested: true }))).toMatch(/cancelled/);
  expect(pendingOf(standing('cancelled', { cancelRequested: true }))).toBeNull();
  expect(pendingOf(standing('running'))).toBeNull();
});
