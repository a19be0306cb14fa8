// Events as marks on the charts of a run.

import type { StoredRunEvent } from '@gradstream/sdk';
import type { ChartMark, MarkKind } from '../../../charts/marks.js';
import { happeningOf, type HappeningKind } from './happenings.js';

/** A mark, and when it happened (RFC 3339). */
export interface RunMark extends ChartMark {
  readonly time: string;
}

const isMarked = (kind: HappeningKind): kind is MarkKind => kind !== 'started' && kind !== 'released';

/** What stays of the marks when a run goes back: its checkpoints beyond were taken back, a crash there was one. */
const keptAfter = (marks: readonly RunMark[], toStep: number): RunMark[] =>
  marks.filter(({ kind, step }) => kind !== 'checkpoint' || step <= toStep);

/** The marks of events in the order in which they were stored; a checkpoint that was written again is one. */
export function marksOf(events: readonly StoredRunEvent[]): RunMark[] {
  let marks: RunMark[] = [];
  for (const stored of events) {
    const happening = happeningOf(stored);
    if (!happening || !isMarked(happening.kind)) continue;
    const { step, time, kind, title, cause } = happening;
    if (kind === 'rewound') marks = keptAfter(marks, step);
    if (kind === 'checkpoint') marks = marks.filter((mark) => mark.kind !== kind || mark.step !== step);
    const says = cause === null || kind === 'rewound' ? title : `${title}: ${cause}`;
    marks.push({ step, time, kind, label: says });
  }
  return marks;
}
