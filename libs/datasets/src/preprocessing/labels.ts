// Values of a column as the names of classes.

import type { ColumnValues } from './column-values.js';
import { parseNumber } from '../readers/cells.js';

/** The shortest decimal that float32 reads as the same number: 0.1, not 0.10000000149011612. */
export function numberLabel(value: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  return String(value);
}

/** Class names in order: by value when all are numbers, else, and for the same value, by code units. */
export function sortClasses(names: Iterable<string>): string[] {
  const list = [...names];
  const numeric = list.every((name) => parseNumber(name) !== null);
  return list.sort((a, b) => (numeric ? Number(a) - Number(b) || (a < b ? -1 : 1) : a < b ? -1 : 1));
}

/** Labels by number: what the values of a column mean as classes, each name once. */
export interface Labels {
  readonly names: readonly string[];
  /** For each row the place of its name; -1 is a missing value. */
  readonly codes: Int32Array;
}

/** The labels of a categorical or a numeric column. */
export function labelsOf({ values, categories }: ColumnValues): Labels {
  if (categories !== null) return { names: categories, codes: Int32Array.from(values) };
  const names: string[] = [];
  const places = new Map<number, number>();
  const codes = Int32Array.from(values, (value) => {
    if (Number.isNaN(value)) return -1;
    let place = places.get(value);
    if (place === undefined) {
      place = names.push(numberLabel(value)) - 1;
      places.set(value, place);
    }
    return place;
  });
  return { names, codes };
}
