import { describe, expect, test } from '@jest/globals';
import { CheckpointUploads, type CheckpointMessage } from './uploads.js';

const checkpoint = (step: number, bytes = 1): CheckpointMessage => ({
  type: 'checkpoint',
  step,
  epoch: 1,
  // Two files: the limit is on their sum.
  files: [
    { name: 'model.safetensors', file: '', bytes: bytes / 2, sha256: '' },
    { name: 'state.safetensors', file: '', bytes: bytes / 2, sha256: '' },
  ],
  metrics: { loss: step === 2 ? 0.1 : 1 },
});

/** Uploads that end one by one, when the test says so. */
function gated(keepLast: number | null = null) {
  const gates: { pass: () => void; fail: (error: Error) => void }[] = [];
  const [stored, pressure, failures]: [number[], boolean[], unknown[]] = [[], [], []];
  const discarded: number[] = [];
  const uploads = new CheckpointUploads({
    store: () =>
      new Promise((resolve, reject) => {
        gates.push({
          pass: () => {
            resolve([]);
          },
          fail: reject,
        });
      }),
    onStored: ({ step }) => stored.push(step),
    policy: { keepLast, keepBest: 1, monitor: 'loss', mode: 'min' },
    discard: ({ step }) => discarded.push(step),
    onPressure: (high) => pressure.push(high),
    onFailure: (error) => failures.push(error),
    maxWaiting: 4,
    maxWaitingBytes: 100,
  });
  /** Ends the upload that is under way, and waits until the next has begun or none is left. */
  const next = async (): Promise<void> => {
    gates.shift()?.pass();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { uploads, gates, next, stored, pressure, failures, discarded };
}

describe('CheckpointUploads', () => {
  test('of those that wait, what the policy would delete at once is not stored: all but the last two and the best', async () => {
    const { uploads, next, stored, discarded } = gated(2);
    for (let step = 1; step <= 6; step++) uploads.add(checkpoint(step));
    expect(discarded).toEqual([3, 4]);
    for (let i = 0; i < 4; i++) await next();
    await uploads.drained();
    expect(stored).toEqual([1, 2, 5, 6]);
  });

  test('too many that wait press, until half are stored', async () => {
    const { uploads, next, stored, pressure } = gated();
    for (let step = 1; step <= 4; step++) uploads.add(checkpoint(step));
    expect(pressure).toEqual([]);
    uploads.add(checkpoint(5));
    expect(pressure).toEqual([true]);
    await next();
    await next();
    expect(pressure).toEqual([true]); // Three are left, more than half of four.
    await next();
    expect([stored, pressure]).toEqual([
      [1, 2, 3],
      [true, false],
    ]);
  });

  test('too many bytes press, but one alone never does', () => {
    const { uploads, pressure } = gated();
    uploads.add(checkpoint(1, 1000));
    expect(pressure).toEqual([]);
    uploads.add(checkpoint(2));
    expect(pressure).toEqual([true]);
  });

  test('what cannot be stored ends it: nothing later is stored, and it is not complete', async () => {
    const { uploads, gates, stored, failures } = gated();
    uploads.add(checkpoint(1));
    uploads.add(checkpoint(2));
    const error = new Error('full');
    gates.shift()?.fail(error);
    await uploads.drained();
    uploads.add(checkpoint(3));
    expect([stored, failures, uploads.complete, gates]).toEqual([[], [error], false, []]);
  });
});
