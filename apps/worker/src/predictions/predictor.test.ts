// A predictor with a process that speaks the protocol and predicts nothing. With TensorFlow: test/e2e.

import { afterEach, describe, expect, test } from '@jest/globals';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { LostPredictor } from './failures.js';
import { PredictorProcess } from './predictor.js';

const started: PredictorProcess[] = [];
afterEach(() => {
  for (const predictor of started.splice(0)) predictor.kill();
});

const never = new AbortController().signal;

function start(weightsFile = 'weights', silentMs = 60_000): PredictorProcess {
  const predictor = new PredictorProcess({
    program: path.join(import.meta.dirname, 'fixtures/predictor.mjs'),
    cwd: tmpdir(),
    weightsFile,
    silentMs,
    tensorflowDir: '',
    threads: 1,
    spec: {} as ConstructorParameters<typeof PredictorProcess>[0]['spec'], // The fixture does not read it.
  });
  started.push(predictor);
  return predictor;
}

const ask = async (predictor: PredictorProcess, value: string | number, deadline = never): Promise<unknown> =>
  (await predictor.predict([[value]], deadline)).answer.data[0]?.values;

describe('a predictor', () => {
  test('answers each request with its own answer, and goes on after one that was refused', async () => {
    const predictor = start();
    const asked = [1, 2, 'refuse', 3].map((value) => ask(predictor, value));
    const answers = await Promise.allSettled(asked);
    expect(answers.map((one) => (one.status === 'fulfilled' ? one.value : (one.reason as unknown)))).toEqual([
      [1],
      [2],
      expect.objectContaining({
        code: 'VALIDATION_FAILED',
        errors: [expect.objectContaining({ pointer: '/rows/0' })],
      }),
      [3],
    ]);
    expect(predictor.failed).toBe(false);
  });

  test('that dies ends all that wait with the reason', async () => {
    const predictor = start();
    const answers = await Promise.allSettled([ask(predictor, 'die'), ask(predictor, 1)]);
    const reason = expect.objectContaining({
      code: 'ENGINE_CRASHED',
      detail: expect.stringContaining('SIGKILL'),
    });
    expect(answers.map((one) => one.status === 'rejected' && (one.reason as unknown))).toEqual([
      reason,
      reason,
    ]);
    await expect(ask(predictor, 1)).rejects.toMatchObject({ code: 'ENGINE_CRASHED' });
  });

  test('one request that is late fails alone, while the process answers the others', async () => {
    const predictor = start();
    const deadline = new AbortController();
    const late = ask(predictor, 'hang', deadline.signal);
    const other = ask(predictor, 1);
    deadline.abort();
    await expect(late).rejects.toMatchObject({ code: 'PREDICTION_TIMEOUT' });
    expect(await other).toEqual([1]);
    await expect(ask(predictor, 2, deadline.signal)).rejects.toMatchObject({ code: 'PREDICTION_TIMEOUT' });
    expect(predictor.failed).toBe(false);
  });

  test('that says nothing for too long is killed, and others that wait may ask another one', async () => {
    const predictor = start('weights', 500);
    const deadline = new AbortController();
    const late = ask(predictor, 'hang', deadline.signal);
    const others = [ask(predictor, 'hang'), ask(predictor, 'hang')];
    deadline.abort();
    await expect(late).rejects.toMatchObject({ code: 'PREDICTION_TIMEOUT' });
    for (const other of others) await expect(other).rejects.toBeInstanceOf(LostPredictor);
    expect(predictor.failed).toBe(true);
    await expect(ask(predictor, 1)).rejects.toBeInstanceOf(LostPredictor);
    await predictor.ended;
  });

  test('reads the page of a dataset itself: it is told of a folder, and no rows', async () => {
    const predictor = start();
    const page = { folder: '/data', from: 7, limit: 3 };
    expect(await predictor.locate(page, never)).toEqual(['/data 7 3']);
    expect(await predictor.predictPage(page, never)).toMatchObject({ hasMore: true });
  });

  test.each([
    ['weights', 'babble', 'TRAINER_PROTOCOL'],
    ['broken', 1, 'CHECKPOINT_INVALID'],
  ])('of %s that is asked %p ends with its reason', async (weights, value, code) => {
    const predictor = start(weights);
    await expect(ask(predictor, value)).rejects.toMatchObject({ code });
    expect(predictor.failed).toBe(true);
  });
});
