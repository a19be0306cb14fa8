// Followers of runs in a process of their own, which does not outlive what it is there for.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { interruption } from '../../../tools/lib/interrupt.mjs';

/** @typedef {[runId: string, step: number, at: number]} Arrival `at` by `now` of clock.mjs */

/**
 * Starts followers, does the work once each has its first frame, and returns the work's result with what arrived until each
 * has its last one. When either fails, the other is ended as well.
 * @template T
 * @param {{ url: string, wishes: { apiKey: string, runId: string }[] }} wish whom each follows
 * @param {(signal: AbortSignal) => Promise<T>} work ends soon after the signal
 * @returns {Promise<[T, Arrival[]]>}
 */
export async function withFollowers(wish, work) {
  const child = fork(path.join(import.meta.dirname, '../../followRuns.mjs'));
  const over = new AbortController();
  const signal = AbortSignal.any([over.signal, interruption]);
  const ended = once(child, 'exit', { signal }).then(([code, by]) => {
    throw new Error(`the followers ended with ${code ?? by}`);
  });
  const next = async () => {
    const [message] = await Promise.race([once(child, 'message', { signal }), ended]);
    return message;
  };
  /** @type {Promise<T> | undefined} */
  let working;
  try {
    child.send(wish);
    await next();
    working = work(signal);
    return await Promise.all([working, next()]);
  } finally {
    over.abort();
    child.kill('SIGKILL');
    await Promise.allSettled([working, ended]); // Whoever waited has been told.
  }
}
