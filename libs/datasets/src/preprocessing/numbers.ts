import { DAY_MS, joinMoment } from '../ingest/timestamp.js';
import type { ColumnValues } from './column-values.js';

/** A column as numbers, NaN where they are missing: moments are days since 1970, with fractions. */
export function numbersOf({ type, values, rows }: ColumnValues): Float64Array {
  if (type !== 'timestamp') return Float64Array.from(values);
  return Float64Array.from({ length: rows }, (_, row) => {
    const moment = joinMoment(values[2 * row] ?? 0, values[2 * row + 1] ?? 0);
    return moment === null ? NaN : moment / DAY_MS;
  });
}
