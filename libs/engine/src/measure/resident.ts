// The most memory that the process held while something ran, as the operating system counts it.

import { readFileSync, writeFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

/** How a peak was found: the kernel's own mark, or samples a millisecond apart, which may miss a shorter peak. */
export type ResidentMethod = 'kernel' | 'sampled';

export interface ResidentPeak {
  /** Before it ran. */
  readonly beforeBytes: number;
  readonly peakBytes: number;
  readonly method: ResidentMethod;
}

/** Writing this resets the mark VmHWM of the process (proc(5), /proc/pid/clear_refs). */
const RESET_PEAK = '5';
const KIB = 1024;
const PAGES = 4 * KIB;

function statusBytes(key: 'VmHWM' | 'VmRSS'): number {
  const status = readFileSync('/proc/self/status', 'utf8');
  return Number(new RegExp(`${key}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) * KIB;
}

/** Whether the mark could be reset: the file is often not writable in containers, or does nothing. */
function resetPeak(): boolean {
  try {
    writeFileSync('/proc/self/clear_refs', RESET_PEAK);
    return statusBytes('VmHWM') <= statusBytes('VmRSS') + KIB * KIB;
  } catch {
    return false;
  }
}

// Reads the second number of /proc/self/statm, resident pages, until it is told to stop.
const SAMPLER = `
  const { readFileSync } = require('node:fs');
  const { workerData } = require('node:worker_threads');
  const state = new Int32Array(workerData);
  const PEAK = 0, RUNNING = 1, READY = 2;
  while (Atomics.load(state, RUNNING) === 1) {
    const pages = Number(readFileSync('/proc/self/statm', 'utf8').split(' ')[1]);
    if (pages > Atomics.load(state, PEAK)) Atomics.store(state, PEAK, pages);
    Atomics.store(state, READY, 1);
    Atomics.notify(state, READY);
    Atomics.wait(state, RUNNING, 1, 1);
  }`;

const START_UP_MS = 10_000;

/** Runs `work` while another thread samples the resident memory. */
function sampled(work: () => void): number {
  const state = new Int32Array(new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT));
  state[1] = 1;
  const sampler = new Worker(SAMPLER, { eval: true, workerData: state.buffer });
  sampler.unref();
  try {
    Atomics.wait(state, 2, 0, START_UP_MS);
    work();
  } finally {
    Atomics.store(state, 1, 0);
    Atomics.notify(state, 1);
  }
  return (state[0] ?? 0) * PAGES;
}

/** Runs `work` and tells the peak of the process's resident memory meanwhile. `method` forces one. Linux alone. */
export function residentPeak(work: () => void, method: ResidentMethod = 'kernel'): ResidentPeak {
  const beforeBytes = statusBytes('VmRSS');
  if (method === 'kernel' && resetPeak()) {
    work();
    return { beforeBytes, peakBytes: statusBytes('VmHWM'), method };
  }
  const peakBytes = Math.max(beforeBytes, sampled(work), statusBytes('VmRSS'));
  return { beforeBytes, peakBytes, method: 'sampled' };
}
