// What happened to a run, as it is marked on its charts.

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

/** Something that happened at a step. */
export interface ChartMark {
  readonly step: number;
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
