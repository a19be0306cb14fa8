import { afterEach, expect, jest, test } from '@jest/globals';
import { startGuard } from './guard.js';
import type { Breach } from './outcome.js';

afterEach(() => {
  jest.useRealTimers();
});

/** What a guard finds first. */
function breachOf(
  limits: { seconds: number | null; memoryBytes: number | null },
  secondsSpent: number,
  sizes: readonly (number | null)[],
): Promise<Breach> {
  let looks = 0;
  const resident = (): Promise<number | null> => Promise.resolve(sizes[looks++] ?? sizes.at(-1) ?? null);
  return new Promise((resolve) => {
    startGuard({ limits, secondsSpent, resident, onBreach: resolve, everyMs: 1 });
  });
}

test('time of earlier attempts counts', async () => {
  const breach = await breachOf({ seconds: 10, memoryBytes: null }, 10, []);
  expect(breach).toMatchObject({ code: 'TIME_LIMIT', message: expect.stringContaining('10 s') });
});

test('memory is looked at again and again, and counts above the limit alone', async () => {
  const MIB = 2 ** 20;
  const breach = await breachOf({ seconds: null, memoryBytes: 512 * MIB }, 0, [null, 512 * MIB, 600 * MIB]);
  expect(breach).toMatchObject({ code: 'MEMORY_LIMIT', message: expect.stringContaining('took 600 MiB') });
});

test('a guard that was ended says nothing, nor one without limits', async () => {
  jest.useFakeTimers();
  const found: Breach[] = [];
  const resident = (): Promise<number> => Promise.resolve(2 ** 40);
  const onBreach = (breach: Breach): void => void found.push(breach);
  const parts = { secondsSpent: 5, resident, onBreach, everyMs: 1 };
  startGuard({ limits: { seconds: 1, memoryBytes: 1 }, ...parts })();
  startGuard({ limits: { seconds: null, memoryBytes: null }, ...parts });
  await jest.advanceTimersByTimeAsync(20);
  expect(found).toEqual([]);
});
