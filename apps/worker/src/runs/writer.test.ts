import { describe, expect, test } from '@jest/globals';
import { GradstreamError, type NewFrame } from '@gradstream/contracts';
import type { ClaimedAttempt } from '@gradstream/domain';
import { RunWriter, type RunStore } from './writer.js';

const away = (): GradstreamError => new GradstreamError('SERVICE_UNAVAILABLE', 'away');
const frame = (step: number): NewFrame => ({
  kind: 'metrics',
  step,
  epoch: 1,
  time: '',
  series: ['loss'],
  values: [step],
  event: null,
});
const claimed = { runId: 'run_1', attempt: 1 } as ClaimedAttempt; // The writer only hands it on.

/** A store that keeps steps, and fails as a plan says: before it stores, after it (the answer is lost), or not. */
class PlannedStore {
  readonly steps: number[] = [];
  constructor(private readonly plan: ('before' | 'after' | 'fenced' | 'ok')[] = []) {}

  started(): Promise<void> {
    return Promise.resolve();
  }
  commit(): Promise<void> {
    return Promise.resolve();
  }
  position(): Promise<number> {
    return Promise.resolve(this.steps.length);
  }
  appendFrames(_: ClaimedAttempt, frames: readonly NewFrame[], after: number): Promise<number> {
    const next = this.plan.shift();
    if (next === 'before') return Promise.reject(away());
    if (next === 'fenced') return Promise.reject(new GradstreamError('ATTEMPT_FENCED', 'replaced'));
    if (this.steps.length === after) this.steps.push(...frames.map(({ step }) => step));
    return next === 'after' ? Promise.reject(away()) : Promise.resolve(this.steps.length);
  }
}

/** A writer on a store; its pauses take no time. */
function writerOn(store: PlannedStore, highWaterBytes = 1e9) {
  const pressure: boolean[] = [];
  const failures: unknown[] = [];
  const writer = new RunWriter({ attempts: store, commits: store } satisfies RunStore, claimed, {
    sleep: () => Promise.resolve(),
    onPressure: (high) => pressure.push(high),
    onFailure: (error) => failures.push(error),
    highWaterBytes,
  });
  return { writer, pressure, failures };
}

describe('RunWriter', () => {
  test('frames are stored once and in order, whether a try or its answer was lost', async () => {
    const store = new PlannedStore(['before', 'after', 'ok', 'after', 'before', 'before', 'ok']);
    const { writer } = writerOn(store);
    for (let step = 1; step <= 50; step++) {
      writer.frames([frame(step)]);
      if (step % 10 === 0) await writer.drained();
    }
    expect(store.steps).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
  });

  test('too much waiting holds the trainer, and lets it go again', async () => {
    const { writer, pressure } = writerOn(new PlannedStore(['before', 'before']), 1000);
    for (let step = 1; step <= 20; step++) writer.frames([frame(step)]);
    await writer.drained();
    expect(pressure).toEqual([true, false]);
  });

  test('a refusal ends all writing', async () => {
    const store = new PlannedStore(['ok', 'fenced']);
    const { writer, failures } = writerOn(store);
    writer.frames([frame(1)]);
    await writer.drained();
    writer.frames([frame(2)]);
    await expect(writer.drained()).rejects.toMatchObject({ code: 'ATTEMPT_FENCED' });
    writer.frames([frame(3)]);
    expect(store.steps).toEqual([1]);
    expect(failures).toHaveLength(1);
  });
});
