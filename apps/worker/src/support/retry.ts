// Trying again while a service is away. Only faults of the connection are tried again: all others are the
// caller's to judge.

import { GradstreamError } from '@gradstream/contracts';
import { isServiceAway } from '@gradstream/platform';
import { setTimeout as delay } from 'node:timers/promises';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 1000;

export interface RetryOptions {
  /** Ends the waiting; the last error is thrown then. */
  readonly signal?: AbortSignal;
  /** Told of every failed try. */
  readonly onAway?: (error: unknown, tries: number) => void;
  /** For tests: how to wait, in ms. */
  readonly sleep?: (ms: number) => Promise<unknown>;
}

/** Whether trying again may help, without anything being changed. */
export function isTransient(error: unknown): boolean {
  if (error instanceof GradstreamError) return error.code === 'SERVICE_UNAVAILABLE';
  return isServiceAway(error);
}

/** Runs `work` until it does not fail for want of a service; at most a second between two tries. */
export async function retryWhileAway<T>(work: () => Promise<T>, options: RetryOptions = {}): Promise<T> {
  const { signal, onAway, sleep = (ms: number) => delay(ms, undefined, signal ? { signal } : {}) } = options;
  for (let tries = 1; ; tries++) {
    try {
      return await work();
    } catch (error) {
      if (!isTransient(error) || signal?.aborted) throw error;
      onAway?.(error, tries);
      await sleep(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (tries - 1))).catch(() => {
        throw error; // The waiting was ended: what it waited for is the reason.
      });
    }
  }
}
