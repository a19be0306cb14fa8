// What happened to a run, as it is marked on its charts.

import type { Clock, XAxis } from './clock.js';
import { lowerBound } from './points.js';

export const markKinds = [
  'paused',
  'resumed',
  'crashed',
  'rewound',
  'checkpoint',
  'retried',
  'ended',
] as const;
export type MarkKind = (typeof markKinds)[number];

/** Something that happened at a step, and at a moment: in ms since 1970. */
export interface ChartMark {
  readonly step: number;
  readonly time: number;
  readonly kind: MarkKind;
  /** What it was, in words. */
  readonly label: string;
}

/** The sign above a mark's line, and which of the page's colours it has. */
export const markLooks: Readonly<
  Record<MarkKind, { readonly sign: string; readonly color: 'good' | 'warning' | 'danger' | 'muted' }>
> = {
  paused: { sign: '❚❚', color: 'warning' },
  resumed: { sign: '▶', color: 'good' },
  crashed: { sign: '✕', color: 'danger' },
  rewound: { sign: '↶', color: 'danger' },
  checkpoint: { sign: '◆', color: 'muted' },
  retried: { sign: '↻', color: 'warning' },
  ended: { sign: '■', color: 'muted' },
};

/** A mark where it stands on the horizontal axis. */
export interface PlacedMark {
  readonly x: number;
  readonly mark: ChartMark;
}

/** Marks in the order of an axis. On one of time they stand at their moments: a run that went back has been at a step twice. */
export function placeMarks(marks: readonly ChartMark[], clock: Clock, xAxis: XAxis): PlacedMark[] {
  const isTime = xAxis === 'relative' || xAxis === 'wall';
  return marks
    .map((mark) => ({
      x: isTime ? clock.moment(mark.time, xAxis) : clock.position(mark.step, xAxis),
      mark,
    }))
    .sort((a, b) => a.x - b.x);
}

/** The marks of rows by their index: each at the first row that is not before it, those beyond all rows at the last. */
export function marksByRow(
  xs: readonly number[],
  placed: readonly PlacedMark[],
): ReadonlyMap<number, readonly ChartMark[]> {
  const rows = new Map<number, ChartMark[]>();
  if (xs.length === 0) return rows;
  for (const { x, mark } of placed) {
    const row = Math.min(xs.length - 1, lowerBound(xs, x));
    const known = rows.get(row);
    if (known) known.push(mark);
    else rows.set(row, [mark]);
  }
  return rows;
}
