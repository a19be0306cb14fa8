import { expect, test } from '@jest/globals';
import { rowCommands } from './rowCommands.js';
import { runRow } from './testing/rows.js';

// The table "What may be asked of a run" of docs/runs.md.
test.each([
  [runRow(), ['pause', 'cancel', 'edit']],
  [runRow({ pauseRequested: true }), ['resume', 'cancel', 'edit']],
  [runRow({ pauseRequested: true, cancelRequested: true }), ['edit']],
  [runRow({ state: 'paused', cancelRequested: true }), ['edit']],
  [runRow({ state: 'failed' }), ['retry', 'edit', 'delete']],
  [runRow({ state: 'failed', dataset: null }), ['edit', 'delete']],
  [runRow({ state: 'succeeded' }), ['edit', 'delete']],
])('%j', (run, commands) => {
  expect(rowCommands(run)).toEqual(commands);
});
