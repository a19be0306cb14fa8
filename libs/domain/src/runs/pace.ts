// Slices at a limited rate: what comes meanwhile is read on, thinned, and told at the end of each interval.

import { Bell } from '../common/bell.js';
import type { Slice } from './slices.js';
import { thinned, withoutTakenBack } from './thin.js';

/** Frames that are held before they are thinned. */
const HELD = 2000;

interface PaceOptions {
  /** Shortest time from one slice to the next. */
  readonly ms: number;
  readonly wanted: ReadonlySet<string> | null;
  readonly signal: AbortSignal;
}

/** Two slices as one: what the second takes back is no longer in it. */
function joined(before: Slice | null, next: Slice, wanted: ReadonlySet<string> | null): Slice {
  const rewinds = [
    ...(before?.rewinds ?? []),
    ...next.rewinds.filter(({ seq }) => !before || seq > before.toSeq),
  ];
  const rows = withoutTakenBack([...(before?.rows ?? []), ...next.rows], next.rewinds);
  return { ...next, rewinds, rows: rows.length > HELD ? thinned(rows, wanted) : rows };
}

/** Whether something settles within some time; not after an abort. */
async function arrives(next: Promise<unknown>, ms: number, signal: AbortSignal): Promise<boolean> {
  const bell = new Bell(signal);
  const outcome = { settled: false };
  const settle = (): void => {
    outcome.settled = true;
    bell.ring();
  };
  next.then(settle, settle);
  await bell.wait(Math.max(0, ms));
  return outcome.settled && ms > 0;
}

/**
 * At most one slice in each interval, thinned; the last one at once. An interval begins with the first news after the
 * reader asked. While it takes its time, one slice is read ahead, and no more.
 */
export async function* pace(
  slices: AsyncGenerator<Slice>,
  { ms, wanted, signal }: PaceOptions,
): AsyncGenerator<Slice> {
  let next = slices.next();
  next.catch(() => undefined); // Thrown where it is awaited.
  try {
    for (let held: Slice | null = null; ;) {
      // The first news begin an interval; what comes until it ends is told with them.
      let result = await next;
      const end = performance.now() + ms;
      while (!result.done) {
        held = joined(held, result.value, wanted);
        if (held.done) break;
        next = slices.next();
        if (!(await arrives(next, end - performance.now(), signal))) break;
        result = await next;
      }
      if (held) yield { ...held, rows: thinned(held.rows, wanted) };
      if (result.done || held?.done) return;
      held = null;
    }
  } finally {
    await slices.return(undefined);
  }
}
