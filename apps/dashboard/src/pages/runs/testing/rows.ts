// Rows for tests of the page of runs.

import type { RunRow, RunsPage } from '../runsApi.js';

/** A run that has just begun, with changes. */
export const runRow = (changes: Partial<RunRow> = {}): RunRow => ({
  ...{
    id: 'run_1',
    name: 'digits',
    state: 'running',
    tags: [],
    step: 10,
    totalSteps: 100,
    epoch: 1,
    attempt: 1,
  },
  ...{ createdAt: '2026-01-01T00:00:00.000Z', startedAt: '2026-01-01T00:00:00.000Z', finishedAt: null },
  ...{ dataset: { id: 'ds_1', name: 'digits' }, model: { id: null, name: 'mlp' }, failure: null },
  ...{ pauseRequested: false, cancelRequested: false, summary: {} },
  ...changes,
});

/** A page of runs of these ids. */
export const pageOf = (ids: readonly string[], total: number): RunsPage => ({
  data: ids.map((id) => runRow({ id })),
  ...{ total, hasMore: false, nextCursor: null },
});
