import { expect, test } from '@jest/globals';
import type { Checkpoint, Run } from '@gradstream/sdk';
import { formatTime } from './format.js';
import { runLines, type RunFacts } from './runText.js';
import { DATASET, MODEL, storedSpec } from './testing/specs.js';

const created = '2026-01-01T00:00:00.000Z';
const run: Run = {
  ...{ id: 'run_1', name: 'digits', notes: 'one\ntwo', tags: ['a', 'b'], state: 'running' },
  ...{ cancelRequested: false, pauseRequested: true, attempt: 2, step: 29, totalSteps: 100, epoch: 3 },
  ...{ engineVersion: '2.21.0', metrics: {}, failure: null, spec: storedSpec({ epochs: 3 }) },
  ...{ datasetDeletedAt: null, createdAt: created, startedAt: created, finishedAt: null },
};
const latest: Checkpoint = {
  ...{ id: 'ckpt_1', runId: 'run_1', attempt: 1, step: 20, epoch: 2, bytes: 2048, sha256: '', files: [] },
  ...{ pinned: false, resumable: true, metrics: {}, createdAt: created },
};
const facts: RunFacts = {
  ...{ run, cause: null, latest, checkpointCount: 2, secondsLeft: 61, url: 'http://127.0.0.1:3000' },
  now: Date.parse('2026-01-01T00:02:05.000Z'),
  row: {
    ...{ dataset: { id: DATASET, name: 'iris' }, model: { id: MODEL, name: 'mlp' } },
    summary: {
      learningRate: { min: 0.001, minStep: 1, max: 0.001, maxStep: 1, last: 0.001 },
      valLoss: { min: 0.123456789, minStep: 20, max: 2, maxStep: 1, last: 0.2 },
      accuracy: { min: 0.1, minStep: 1, max: 0.9, maxStep: 28, last: 0.8 },
      cpuCores: { min: 1, minStep: 1, max: 2, maxStep: 1, last: 2 },
    },
  },
};
const at = formatTime(created);

test('a run that trains says how far it is, what it is of, and what it has measured', () => {
  expect(runLines(facts)).toEqual([
    'run_1  digits',
    'state       running, to be paused',
    'progress    step 29 of 100 (29 %), epoch 3, attempt 2, 2 min 5 s, about 1 min 1 s left',
    `model       ${MODEL}  mlp`,
    `dataset     ${DATASET}  iris`,
    `created     ${at}`,
    'tags        a, b',
    'notes       one',
    '            two',
    'settings other than the defaults:',
    '  inputs[0].columns  ["a","b"]',
    '  target.column      y',
    '  target.task        classification',
    '  loss.name          sparseCategoricalCrossentropy',
    '  epochs             3',
    'metrics:        last   best     at step',
    '  valLoss       0.2    0.12346  20',
    '  accuracy      0.8    0.9      28',
    '  learningRate  0.001',
    `checkpoints 2, the latest ckpt_1 (step 20, ${at}, 2.0 KiB): npm run gradstream -- runs download run_1`,
    'dashboard   http://127.0.0.1:3000/runs/run_1',
    'follow      npm run gradstream -- runs follow run_1',
  ]);
});

test('a run that failed says why; links are whole on a narrow terminal, too', () => {
  const failure = {
    ...{ code: 'DATASET_UNREADABLE' as const, message: 'Line 3: no number.', signal: null, logTail: [] },
    errors: [{ line: 3, code: 'unreadable', message: 'no number' }],
  };
  const spec = storedSpec();
  const ended = { ...run, spec, failure, state: 'failed' as const, finishedAt: created, tags: [], notes: '' };
  const lines = runLines(
    { ...facts, run: { ...ended, datasetDeletedAt: created }, latest: null, secondsLeft: null },
    40,
  );
  expect(lines.slice(1, 6)).toEqual([
    'state       failed: DATASET_UNREADABLE:…',
    '  line 3: no number',
    'progress    step 29 of 100 (29 %), epoc…',
    `model       ${MODEL.slice(0, 27)}…`,
    `dataset     ${DATASET.slice(0, 27)}…`,
  ]);
  expect(lines.slice(-2)).toEqual(['checkpoints none yet', 'dashboard   http://127.0.0.1:3000/runs/run_1']);
});

test('a run that rests says why', () => {
  const paused = { ...run, state: 'paused' as const, pauseRequested: false };
  expect(runLines({ ...facts, run: paused, cause: 'paused by a request' })[1]).toBe(
    'state       paused: paused by a request',
  );
});
