// Events as marks on the charts of a run.

import type { StoredRunEvent } from '@gradstream/sdk';
import type { ChartMark, MarkKind } from '../../../charts/marks.js';
import { happeningOf, type HappeningKind } from './happenings.js';

const isMarked = (kind: HappeningKind): kind is MarkKind => kind !== 'started' && kind !== 'released';

/**
 * The marks of events in the order in which they were stored. A checkpoint that was written again is one; those beyond the
 * step that a run goes back to were taken back, a crash there was one.
 */
export function marksOf(events: readonly StoredRunEvent[]): ChartMark[] {
  const marks: (ChartMark | null)[] = [];
  /** Indices of the checkpoints that stay so far: their steps rise. */
  const checkpoints: number[] = [];
  const takeBack = (fromStep: number): void => {
    for (let at = checkpoints.at(-1); at !== undefined; at = checkpoints.at(-1)) {
      if ((marks[at]?.step ?? 0) < fromStep) return;
      marks[at] = null;
      checkpoints.pop();
    }
  };
  for (const stored of events) {
    const happening = happeningOf(stored);
    if (!happening || !isMarked(happening.kind)) continue;
    const { step, time, kind, title, cause } = happening;
    if (kind === 'rewound') takeBack(step + 1);
    if (kind === 'checkpoint') {
      takeBack(step);
      checkpoints.push(marks.length);
    }
    const label = cause === null || kind === 'rewound' ? title : `${title}: ${cause}`;
    marks.push({ step, time: Date.parse(time), kind, label });
  }
  return marks.filter((mark) => mark !== null);
}
