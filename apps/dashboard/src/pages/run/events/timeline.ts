// The list of what happened, newest first, with rows of checkpoints drawn together.

import type { StoredRunEvent } from '@gradstream/sdk';
import { happeningOf, type Happening } from './happenings.js';

/** One thing that happened; or several checkpoints of an attempt with nothing between them, newest first. */
export interface TimelineEntry {
  readonly last: Happening;
  readonly all: readonly Happening[];
}

const belongs = (entry: TimelineEntry, { kind, attempt }: Happening): boolean =>
  kind === 'checkpoint' && entry.last.kind === kind && entry.last.attempt === attempt;

/** The entries of events that are in the order in which they were stored. */
export function timelineOf(events: readonly StoredRunEvent[]): TimelineEntry[] {
  const entries: { last: Happening; all: Happening[] }[] = [];
  for (const stored of events) {
    const happening = happeningOf(stored);
    if (!happening) continue;
    const before = entries.at(-1);
    if (before && belongs(before, happening)) {
      before.last = happening;
      before.all.unshift(happening);
    } else entries.push({ last: happening, all: [happening] });
  }
  return entries.reverse();
}
