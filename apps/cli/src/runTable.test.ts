import { expect, test } from '@jest/globals';
import type { RunTableRow } from '@gradstream/sdk';
import { formatTime } from './format.js';
import { runCells, runHeader } from './runTable.js';

const created = '2026-01-01T00:00:00.000Z';
const row: RunTableRow = {
  ...{
    id: 'run_1',
    name: 'digits',
    state: 'running',
    tags: [],
    step: 29,
    totalSteps: 100,
    epoch: 1,
    attempt: 1,
  },
  ...{ createdAt: created, startedAt: '2026-01-01T00:01:00.000Z', finishedAt: null },
  ...{ dataset: { id: 'ds_1', name: 'd' }, model: { id: null, name: 'Sequential, 2 layers' } },
  ...{ failure: null, pauseRequested: false, cancelRequested: false },
  summary: {
    loss: { min: 0.1, minStep: 7, max: 2, maxStep: 1, last: 0.123456789 },
    valAccuracy: { min: 0.1, minStep: 1, max: 0.98765432, maxStep: 9, last: 0.5 },
  },
};
const now = Date.parse('2026-01-01T00:03:05.000Z');

test('a run has its best metric, or the one that was chosen', () => {
  expect(runHeader(null)[4]).toBe('best metric');
  expect(runCells(row, null, now)).toEqual([
    ...[
      'run_1',
      'digits',
      'running',
      '29 %',
      'valAccuracy 0.98765',
      '2 min 5 s',
      'd',
      'Sequential, 2 layers',
    ],
    formatTime(created),
  ]);
  const metric = { series: 'loss', statistic: 'last' } as const;
  expect([runHeader(metric)[4], runCells(row, metric, now)[4]]).toEqual(['loss:last', '0.12346']);
  expect(runCells(row, { series: 'valLoss', statistic: 'min' }, now)[4]).toBe('');
});

test.each([
  [{ pauseRequested: true }, 'running, to be paused'],
  [{ cancelRequested: true, pauseRequested: true }, 'running, to be cancelled'],
  [{ state: 'failed', failure: 'DIVERGED' }, 'failed, DIVERGED'],
  [{ state: 'cancelled', cancelRequested: true }, 'cancelled'],
] as const)('where it stands: %j is "%s"', (changes, state) => {
  expect(runCells({ ...row, ...changes }, null, now)[2]).toBe(state);
});

test('what is not known yet stays empty; a run that ended lasts no longer', () => {
  const fresh = { ...row, step: 0, totalSteps: null, startedAt: null, summary: {}, dataset: null };
  expect(runCells(fresh, null, now).slice(3, 7)).toEqual(['', '', '', '(deleted)']);
  const ended = { ...row, state: 'succeeded', finishedAt: '2026-01-01T00:01:30.000Z' } as const;
  expect(runCells(ended, null, now)[5]).toBe('30 s');
  const resumed = { ...ended, state: 'running' } as const;
  expect(runCells(resumed, null, now)[5]).toBe('2 min 5 s');
});
