// What is left of an attempt when the next one begins.

import { expect, jest, test } from '@jest/globals';
import { Attempts, Runs } from '@gradstream/domain';
import { useApi } from '../support/app.js';
import { claimedRun, frameOf, readyDataset } from '../support/runs.js';

jest.setTimeout(30_000);

const api = useApi();

test('a run that begins again shows no figures of the attempt before', async () => {
  const attempts = api.app.get(Attempts);
  const old = await claimedRun(api, await readyDataset(api));
  await attempts.started(old, { totalSteps: 10, engineVersion: '2.21.0' });
  await attempts.appendFrames(old, [frameOf(5, { loss: 1, accuracy: 0.5 })], await attempts.position(old));
  const runs = api.app.get(Runs);
  const shown = { totalSteps: 10, engineVersion: '2.21.0', metrics: { loss: 1, accuracy: 0.5 } };
  expect(await runs.get(api.principal, old.runId)).toMatchObject(shown);
  await attempts.release(old, 'its worker was shut down');
  const renewed = await attempts.claim(old.runId, 'w2');
  if (!renewed) throw new Error('the run was not claimed');
  const begun = { attempt: 2, step: 0, epoch: 0, totalSteps: null, engineVersion: null, metrics: {} };
  expect(await runs.get(api.principal, old.runId)).toMatchObject(begun);
  await attempts.appendFrames(renewed, [frameOf(1, { loss: 2 })], await attempts.position(renewed));
  expect((await runs.get(api.principal, old.runId)).metrics).toEqual({ loss: 2 });
});
