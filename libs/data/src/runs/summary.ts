// What is kept of a run's metrics beside its frames: lowest, highest and last value of each series.

import { fromWireNumber, toWireNumber, type RunSummary, type SeriesSummary } from '@gradstream/contracts';

export interface Point {
  readonly series: string;
  readonly step: number;
  readonly value: number;
}

const EMPTY: SeriesSummary = { min: null, minStep: null, max: null, maxStep: null, last: 'NaN' };

/** Whether a value takes an extreme's place; of equal ones the first stays. NaN takes none. */
const isBelow = (value: number, min: SeriesSummary['min']): boolean =>
  !Number.isNaN(value) && (min === null || value < fromWireNumber(min));
const isAbove = (value: number, max: SeriesSummary['max']): boolean =>
  !Number.isNaN(value) && (max === null || value > fromWireNumber(max));

/** A summary with more points, which come after all that it has seen. */
export function summarized(summary: RunSummary, points: Iterable<Point>): RunSummary {
  const all = new Map(Object.entries(summary));
  for (const { series, step, value } of points) {
    const known = all.get(series) ?? EMPTY;
    const wire = toWireNumber(value);
    all.set(series, {
      ...known,
      ...(isBelow(value, known.min) ? { min: wire, minStep: step } : {}),
      ...(isAbove(value, known.max) ? { max: wire, maxStep: step } : {}),
      last: wire,
    });
  }
  return Object.fromEntries(all);
}

/** The points of frames of metrics, in order. */
export function* pointsOf(
  frames: Iterable<{
    readonly step: number;
    readonly series: readonly string[];
    readonly values: readonly number[];
  }>,
): Generator<Point> {
  for (const { step, series, values } of frames)
    for (const [index, name] of series.entries())
      yield { series: name, step, value: values[index] ?? Number.NaN };
}
