// Watches that an attempt keeps to the limits of its run's spec.

import type { RunSpec } from '@gradstream/contracts';
import type { Breach } from './outcome.js';

/** How often it looks, in ms: a trainer that grows by 1 GB a second is found half a GB beyond its limit. */
const LOOK_MS = 500;

interface GuardOptions {
  readonly limits: RunSpec['limits'];
  /** Of earlier attempts. */
  readonly secondsSpent: number;
  /** Resident bytes of the trainer; null while it does not run, or where the system does not say. */
  readonly resident: () => Promise<number | null>;
  /** Called once, with what was broken. */
  readonly onBreach: (breach: Breach) => void;
  readonly everyMs?: number;
}

const mib = (bytes: number): string => `${Math.ceil(bytes / 2 ** 20)} MiB`;

/** Begins to watch, when there is a limit; returns the function that ends it. */
export function startGuard(options: GuardOptions): () => void {
  const { limits, secondsSpent, resident, onBreach, everyMs = LOOK_MS } = options;
  const { seconds, memoryBytes } = limits;
  if (seconds === null && memoryBytes === null) return () => undefined;
  const began = performance.now();

  async function find(): Promise<Breach | null> {
    const passed = secondsSpent + (performance.now() - began) / 1000;
    if (seconds !== null && passed > seconds) {
      const message = `The run took longer than its limit of ${seconds} s, over all attempts: fork it with a higher one to go on from its last checkpoint.`;
      return { type: 'failed', code: 'TIME_LIMIT', message, errors: [] };
    }
    const bytes = memoryBytes === null ? null : await resident();
    if (memoryBytes === null || bytes === null || bytes <= memoryBytes) return null;
    const message = `The trainer took ${mib(bytes)}, its limit is ${mib(memoryBytes)}: use a smaller batch or model, or fork the run with a higher limit.`;
    return { type: 'failed', code: 'MEMORY_LIMIT', message, errors: [] };
  }

  const state = { over: false };
  const look = async (): Promise<void> => {
    const breach = await find();
    if (!breach || state.over) return;
    stop();
    onBreach(breach);
  };
  const timer = setInterval(() => void look(), everyMs);
  const stop = (): void => {
    state.over = true;
    clearInterval(timer);
  };
  return stop;
}
