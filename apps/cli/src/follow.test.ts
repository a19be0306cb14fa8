import { afterEach, expect, jest, test } from '@jest/globals';
import {
  Gradstream,
  GradstreamError,
  type MetricBatch,
  type Run,
  type RunEventBatch,
  type RunFailure,
  type StoredRunEvent,
} from '@gradstream/sdk';
import { PassThrough } from 'node:stream';
import { watchRun } from './follow.js';
import { describeError } from './output.js';

const time = '2026-01-01T00:00:00.000Z';
const client = new Gradstream({ url: 'http://127.0.0.1:1', apiKey: 'gs_k' });

/** Makes the client tell of one epoch of a run, which reads as `reads` say, one after the other. */
function told(...reads: Partial<Run>[]): void {
  const get = jest.spyOn(client.runs, 'get');
  for (const read of reads) get.mockResolvedValueOnce({ failure: null, totalSteps: null, ...read } as Run);
  const points = [{ seq: 1, attempt: 1, step: 2, epoch: 1, time, values: { loss: 1, valLoss: 1 } }];
  async function* batches(): AsyncGenerator<MetricBatch> {
    yield await Promise.resolve({ points, cursor: 'c', rewoundTo: null, done: true });
  }
  jest.spyOn(client.runs, 'follow').mockReturnValue(batches());
  happened();
}

/** Makes the client tell of events of the run. */
function happened(...all: StoredRunEvent['event'][]): void {
  const events = all.map((event, index) => ({ seq: index + 2, attempt: 1, step: 2, time, event }));
  async function* batches(): AsyncGenerator<RunEventBatch> {
    yield await Promise.resolve({ events, cursor: 'c', done: true });
  }
  jest.spyOn(client.runs, 'followEvents').mockReturnValue(batches());
}

afterEach(() => {
  jest.restoreAllMocks();
});

test('the steps in all are asked for again when they were not known at first', async () => {
  told({}, { totalSteps: 4 }, { totalSteps: 4 });
  const out = new PassThrough();
  await watchRun(client, 'run_1', { out });
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
  const thrown: unknown = await watchRun(client, 'run_1', { out: new PassThrough() }).catch(
    (error: unknown) => error,
  );
  expect(describeError(thrown)).toEqual(lines);
});

const change = (
  from: 'running' | 'failed',
  to: 'failed' | 'queued' | 'succeeded',
): StoredRunEvent['event'] => ({
  ...{ type: 'stateChanged', from, to, cause: to === 'queued' ? 'retried' : 'as it was' },
});

test.each([
  ['on a terminal', true, ['checkpoint at step 2 (ckpt_1)']],
  ['elsewhere, without checkpoints', false, []],
])(
  'what happens is told a line each, an end only when something follows it: %s',
  async (_, isTTY, checkpoint) => {
    told({ totalSteps: 4 }, { totalSteps: 4 });
    happened(
      { type: 'checkpointed', checkpointId: 'ckpt_1', step: 2 },
      change('running', 'failed'),
      change('failed', 'queued'),
      { type: 'rewound', toStep: 2 },
      change('running', 'succeeded'),
    );
    const out = Object.assign(new PassThrough(), isTTY ? { isTTY } : {});
    await watchRun(client, 'run_1', { out });
    const lines = String(out.read()).trimEnd().split('\n');
    // Of a line that was rewritten, what is left to see.
    const seen = lines.map((line) => line.split('\x1b[2K').at(-1) ?? '');
    expect(seen.filter((line) => !line.includes(' 50 %'))).toEqual([
      ...checkpoint,
      'failed at step 2: as it was',
      'retried (it was failed): waits for a worker',
      'goes back to step 2 (attempt 1)',
    ]);
  },
);

test('quietly nothing is told but how it ended, and its numbers are not asked for', async () => {
  told({ totalSteps: 4 }, { totalSteps: 4, state: 'succeeded' });
  happened({ type: 'rewound', toStep: 2 });
  const out = new PassThrough();
  expect(await watchRun(client, 'run_1', { out, manner: 'quiet' })).toMatchObject({ state: 'succeeded' });
  expect(out.read()).toBeNull();
  expect(jest.spyOn(client.runs, 'follow')).not.toHaveBeenCalled();
});

test('as JSON each point, each event and the end is a line', async () => {
  const failure = { code: 'DIVERGED', message: 'no', signal: null, logTail: [], errors: [] } as const;
  const ended = { state: 'failed', step: 2, epoch: 1, totalSteps: 4, metrics: { loss: 0.1 + 0.2 } } as const;
  told({ totalSteps: 4 }, { id: 'run_1', ...ended, failure: { ...failure, logTail: [], errors: [] } });
  happened({ type: 'rewound', toStep: 2 });
  const out = new PassThrough();
  await expect(watchRun(client, 'run_1', { out, manner: 'json' })).rejects.toThrow('DIVERGED');
  const lines = String(out.read()).trimEnd().split('\n');
  const values = lines.map((line) => JSON.parse(line) as { type: string });
  expect(values.slice(0, -1).sort((a, b) => b.type.localeCompare(a.type))).toEqual([
    { type: 'point', seq: 1, attempt: 1, step: 2, epoch: 1, time, values: { loss: 1, valLoss: 1 } },
    { type: 'event', seq: 2, attempt: 1, step: 2, time, event: { type: 'rewound', toStep: 2 } },
  ]);
  expect(values.at(-1)).toEqual({ type: 'end', id: 'run_1', ...ended, failure });
});

test('a stream that fails ends the other one', async () => {
  told({ totalSteps: 4 });
  const signals: (AbortSignal | undefined)[] = [];
  jest.spyOn(client.runs, 'follow').mockImplementation(async function* (_, { signal } = {}) {
    signals.push(signal);
    yield await new Promise<never>((_resolve, reject) => {
      signal?.addEventListener('abort', () => {
        reject(new Error('aborted'));
      });
    });
  });
  jest.spyOn(client.runs, 'followEvents').mockImplementation(() => {
    throw new GradstreamError('UNAUTHENTICATED', 'the key was revoked');
  });
  const watched = watchRun(client, 'run_1', { out: new PassThrough() });
  await expect(watched).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
  expect(signals.map((signal) => signal?.aborted)).toEqual([true]);
});
