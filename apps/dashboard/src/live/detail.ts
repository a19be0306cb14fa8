// A part of a run's history with more points than its history has: when it is wanted, and how it lies over the others.

import type { MetricSamples } from '@gradstream/sdk';
import { lowerBound, type PointColumns, type Points } from '../charts/points.js';
import { toColumns } from './columns.js';

/** Steps from one to another, both included. */
export interface StepRange {
  readonly from: number;
  readonly to: number;
}

/** Fewer parts of a history than these look coarse in a chart. Each is told by two points, its lowest and its highest. */
const FEW_PARTS = 500;
/** Most points of a series that a part is asked for. */
export const DETAIL_POINTS = 4000;

const countWithin = ({ steps }: Pick<Points, 'steps'>, { from, to }: StepRange): number =>
  lowerBound(steps, to + 1) - lowerBound(steps, from);

/** Whether the points of some series show less of a part than there may be, and so little that one sees it. */
export function isCoarse(series: Iterable<Pick<Points, 'steps'>>, range: StepRange): boolean {
  let most = 0;
  for (const points of series) most = Math.max(most, countWithin(points, range));
  return most > 0 && most < Math.min(range.to - range.from + 1, 2 * FEW_PARTS);
}

/** Whether a detail has all that its server can tell of a part. */
export const covers = (detail: StepRange | null, { from, to }: StepRange): boolean =>
  detail !== null && detail.from <= from && detail.to >= to;

/** More points of a part, by series. It can be laid over the points of the history, and lifted off. */
export class Detail implements StepRange {
  readonly #fine: ReadonlyMap<string, PointColumns>;
  readonly #under = new Map<Points, PointColumns>();
  /** Whether it has every point: a further zoom has nothing more to ask for. */
  readonly isWhole: boolean;

  constructor(
    readonly from: number,
    readonly to: number,
    { series }: Pick<MetricSamples, 'series'>,
  ) {
    this.#fine = new Map(series.map((one) => [one.name, toColumns(one)]));
    const most = Math.max(0, ...series.map(({ steps }) => steps.length));
    this.isWhole = most > to - from;
  }

  /** Puts its points in the place of those of the series with its names. */
  lay(series: ReadonlyMap<string, Points>): void {
    for (const [name, fine] of this.#fine) {
      const points = series.get(name);
      if (points) this.#under.set(points, points.replaceRange(this.from, this.to, fine));
    }
  }

  /** Puts back what was there before, up to a step. */
  lift(upTo = Infinity): void {
    const to = Math.min(this.to, upTo);
    for (const [points, { steps, values, means = values, counts }] of this.#under) {
      const kept = lowerBound(steps, to + 1);
      const cut = (of: ArrayLike<number>): number[] => Array.from(of).slice(0, kept);
      const under = { steps: cut(steps), values: cut(values), means: cut(means) };
      points.replaceRange(this.from, this.to, { ...under, ...(counts && { counts: cut(counts) }) });
    }
    this.#under.clear();
  }

  /** Forgets what it lies over: that was replaced. */
  forget(): void {
    this.#under.clear();
  }
}
