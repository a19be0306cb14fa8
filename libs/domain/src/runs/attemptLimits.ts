// How often a run is started again by itself, and after how long.

import type { ErrorCode } from '@gradstream/contracts';

/** How many attempts may end without the run's own fault before it is given up. */
export const MAX_ATTEMPTS = 3;

/** Failures that another attempt may not meet: a process that died says little of the run. */
const PASSING: ReadonlySet<ErrorCode> = new Set(['ENGINE_CRASHED']);

const FIRST_PAUSE_MS = 2000;
const FACTOR = 4;

/** Whether trying again makes sense, after so many attempts that ended so. */
export const isWorthRetrying = (code: ErrorCode, spent: number): boolean =>
  PASSING.has(code) && spent < MAX_ATTEMPTS;

/** What to wait before the next attempt, in ms: 2 s, 8 s. */
export const pauseAfter = (spent: number): number => FIRST_PAUSE_MS * FACTOR ** (spent - 1);
