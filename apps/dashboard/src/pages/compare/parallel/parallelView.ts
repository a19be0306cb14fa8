// Which axes are shown, which of them colours the lines, and which ranges are chosen, as the address says it.

import type { AxisRange } from '../../../charts/parallelAxes.js';

export interface ParallelView {
  /** Ids of axes; null: those that are shown unless somebody says otherwise. */
  readonly axes: readonly string[] | null;
  readonly color: string | null;
  readonly ranges: readonly AxisRange[];
}

/** A range as the address has it, an end that is open as nothing: names of axes may have the sign that separates. */
function rangeOf(text: string): AxisRange[] {
  const [, id, low, high] = /^(.+)~([^~]*)~([^~]*)$/s.exec(text) ?? [];
  const [from, to] = [low === '' ? -Infinity : Number(low), high === '' ? Infinity : Number(high)];
  return id !== undefined && from <= to ? [{ id, low: from, high: to }] : [];
}

/** Reads a view; what cannot be read is as if it were not there. */
export function readParallel(params: URLSearchParams): ParallelView {
  const axes = params.getAll('axis').filter(Boolean);
  const ranges = params.getAll('range').flatMap(rangeOf);
  return {
    axes: axes.length === 0 ? null : [...new Set(axes)],
    color: params.get('color'),
    ranges: [...new Map(ranges.map((range) => [range.id, range])).values()],
  };
}

/** Numbers as long as they have to be to tell runs apart, and no longer. */
const written = (value: number): string =>
  Number.isFinite(value) ? String(Number(value.toPrecision(6))) : '';

/** Writes a change of a view; parameters of others stay. */
export function writeParallel(before: URLSearchParams, change: Partial<ParallelView>): URLSearchParams {
  const { axes, color, ranges } = { ...readParallel(before), ...change };
  const params = new URLSearchParams(before);
  for (const name of ['axis', 'color', 'range']) params.delete(name);
  for (const id of axes ?? []) params.append('axis', id);
  if (color !== null) params.set('color', color);
  for (const { id, low, high } of ranges) params.append('range', `${id}~${written(low)}~${written(high)}`);
  return params;
}

/** Ranges with another one of an axis, or with none of it. */
export const withRange = (
  ranges: readonly AxisRange[],
  id: string,
  range: readonly [number, number] | null,
): readonly AxisRange[] => [
  ...ranges.filter((other) => other.id !== id),
  ...(range === null ? [] : [{ id, low: Math.min(...range), high: Math.max(...range) }]),
];
