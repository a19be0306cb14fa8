// Which predictors stay. Processes are played: what they use is said by the test.

import { describe, expect, jest, test } from '@jest/globals';
import { PredictorPool, type Pooled } from './pool.js';

class Played implements Pooled {
  static count = 0;
  readonly pid = ++Played.count;
  failed = false;
  killed = false;
  #end: () => void = () => undefined;
  readonly ended = new Promise<void>((resolve) => (this.#end = resolve));

  kill(): void {
    this.killed = true;
    this.failed = true;
    this.#end();
  }
}

function poolOf({ maxIdle = 2, maxBytes = 1000, idleMs = 60_000, bytes = 1 } = {}) {
  const made: Played[] = [];
  const pool = new PredictorPool<Played>({
    maxIdle,
    maxBytes,
    idleMs,
    memoryOf: () => Promise.resolve(bytes),
  });
  const start = (): Promise<Played> => {
    const played = new Played();
    made.push(played);
    return Promise.resolve(played);
  };
  const use = (key: string) => pool.use(key, start, (_, warm) => Promise.resolve(warm));
  const killed = (): boolean[] => made.map((one) => one.killed);
  return { pool, made, start, use, killed };
}

describe('a pool of predictors', () => {
  test('serves a key again by the one that is loaded, also at the same time', async () => {
    const { pool, use, made } = poolOf();
    expect(await use('a')).toBe(false);
    expect(await Promise.all([use('a'), use('a')])).toEqual([true, true]);
    expect(made).toHaveLength(1);
    pool.stopAll();
    expect(made[0]?.killed).toBe(true);
  });

  test('keeps so many, and ends the one not used for longest', async () => {
    const { pool, use, killed } = poolOf({ maxIdle: 2 });
    for (const key of ['a', 'b', 'a', 'c']) await use(key);
    expect(killed()).toEqual([false, true, false]);
    expect(pool.size).toBe(2);
    pool.stopAll();
  });

  test('keeps none when none may stay', async () => {
    const { pool, use, killed } = poolOf({ maxIdle: 0 });
    await use('a');
    await use('a');
    expect(killed()).toEqual([true, true]);
    expect(pool.size).toBe(0);
  });

  test('ends those that use too much memory together', async () => {
    const { pool, use, killed } = poolOf({ maxIdle: 3, maxBytes: 100, bytes: 40 });
    for (const key of ['a', 'b', 'c']) await use(key);
    expect(killed()).toEqual([true, false, false]);
    pool.stopAll();
  });

  test('never ends one that is in use', async () => {
    const { pool, start, use, made } = poolOf({ maxIdle: 1 });
    let done = (): void => undefined;
    const busy = pool.use('a', start, () => new Promise<void>((resolve) => (done = resolve)));
    await use('b');
    await use('c');
    expect(made.map((one) => one.killed)).toEqual([false, true, false]);
    done();
    await busy;
    expect(pool.size).toBe(1);
    pool.stopAll();
  });

  test('ends one that nobody asks for some time', async () => {
    jest.useFakeTimers();
    try {
      const { use, killed } = poolOf({ idleMs: 1000 });
      await use('a');
      jest.advanceTimersByTime(900);
      await use('a');
      jest.advanceTimersByTime(900);
      expect(killed()).toEqual([false]);
      jest.advanceTimersByTime(100);
      expect(killed()).toEqual([true]);
    } finally {
      jest.useRealTimers();
    }
  });

  test('starts none once all were stopped, and ends the one that was starting', async () => {
    const { pool, use, made } = poolOf();
    await use('a');
    const starting = use('b');
    pool.stopAll();
    await starting;
    expect(made.map(({ killed }) => killed)).toEqual([true, true]);
    await expect(use('a')).rejects.toThrow('were stopped');
    expect([made.length, pool.size]).toEqual([2, 0]);
  });

  test('starts another one for one that died, or that could not start', async () => {
    const { pool, use, made } = poolOf();
    await use('a');
    made[0]?.kill();
    expect(await use('a')).toBe(false);
    expect(made).toHaveLength(2);
    const failing = pool.use(
      'b',
      () => Promise.reject(new Error('no weights')),
      () => Promise.resolve(1),
    );
    await expect(failing).rejects.toThrow('no weights');
    expect(await use('b')).toBe(false);
    pool.stopAll();
  });
});
