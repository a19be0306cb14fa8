import { afterEach, expect, jest, test } from '@jest/globals';
import { Gradstream, type MetricBatch, type Run, type RunFailure } from '@gradstream/sdk';
import { PassThrough } from 'node:stream';
import { watchRun } from './follow.js';
import { describeError } from './output.js';

const client = new Gradstream({ url: 'http://127.0.0.1:1', apiKey: 'gs_k' });

/** Makes the client tell of one epoch of a run, which reads as `reads` say, one after the other. */
function told(...reads: Partial<Run>[]): void {
  const get = jest.spyOn(client.runs, 'get');
  for (const read of reads) get.mockResolvedValueOnce({ failure: null, totalSteps: null, ...read } as Run);
  const time = '2026-01-01T00:00:00.000Z';
  const points = [{ seq: 1, attempt: 1, step: 2, epoch: 1, time, values: { loss: 1, valLoss: 1 } }];
  async function* batches(): AsyncGenerator<MetricBatch> {
    yield await Promise.resolve({ points, cursor: 'c', rewoundTo: null, done: true });
  }
  jest.spyOn(client.runs, 'follow').mockReturnValue(batches());
}

afterEach(() => {
  jest.restoreAllMocks();
});

test('the steps in all are asked for again when they were not known at first', async () => {
  told({}, { totalSteps: 4 }, { totalSteps: 4 });
  const out = new PassThrough();
  await watchRun(client, 'run_1', out);
  expect(String(out.read())).toContain(' 50 %  epoch 1  step 2/4');
});

test.each([
  [
    'what the trainer told in words comes once',
    'DATASET_UNREADABLE',
    ['DATASET_UNREADABLE: Line 3: no number.'],
  ],
  ['a crash comes with the last lines', 'ENGINE_CRASHED', ['ENGINE_CRASHED: Line 3: no number.', '  a line']],
] as const)('%s', async (_, code, lines) => {
  const errors = [{ line: 3, code: 'unreadable', message: 'no number' }];
  const failure: RunFailure = {
    code,
    message: 'Line 3: no number.',
    signal: null,
    logTail: ['a line'],
    errors,
  };
  told({ totalSteps: 4 }, { failure });
  const thrown: unknown = await watchRun(client, 'run_1', new PassThrough()).catch((error: unknown) => error);
  expect(describeError(thrown)).toEqual(lines);
});
