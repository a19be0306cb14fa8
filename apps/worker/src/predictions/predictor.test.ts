// A predictor with a process that speaks the protocol and predicts nothing. With TensorFlow: test/e2e.

import { afterEach, describe, expect, test } from '@jest/globals';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PredictorProcess } from './predictor.js';

const started: PredictorProcess[] = [];
afterEach(() => {
  for (const predictor of started.splice(0)) predictor.kill();
});

function start(weightsFile = 'weights'): PredictorProcess {
  const predictor = new PredictorProcess({
    program: path.join(import.meta.dirname, 'fixtures/predictor.mjs'),
    cwd: tmpdir(),
    weightsFile,
    tensorflowDir: '',
    threads: 1,
    spec: {} as ConstructorParameters<typeof PredictorProcess>[0]['spec'], // The fixture does not read it.
  });
  started.push(predictor);
  return predictor;
}

const ask = async (predictor: PredictorProcess, value: string | number): Promise<unknown> =>
  (await predictor.predict({ rows: [[value]], from: null })).data[0]?.values;

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

  test.each([
    ['weights', 'babble', 'TRAINER_PROTOCOL'],
    ['broken', 1, 'CHECKPOINT_INVALID'],
  ])('of %s that is asked %p ends with its reason', async (weights, value, code) => {
    const predictor = start(weights);
    await expect(ask(predictor, value)).rejects.toMatchObject({ code });
    expect(predictor.failed).toBe(true);
  });
});
