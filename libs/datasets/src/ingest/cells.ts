// What a cell is as a number, a text or a moment: the same for files, for fitting and for single rows of a prediction.

import { parseNumber } from '../readers/cells.js';
import type { Cell } from '../readers/source.js';

/** Texts that stand for a missing value. */
const MISSING_TEXTS: ReadonlySet<string> = new Set(['', 'NA', 'N/A', 'null', 'NULL']);

/** Whether a cell has no value. */
export function isMissingCell(cell: Cell): boolean {
  return cell === null || (typeof cell === 'string' && MISSING_TEXTS.has(cell.trim()));
}

/** The finite number within float32 that a cell holds; null when it holds none. Of booleans, 0 or 1. */
export function toNumber(cell: Cell): number | null {
  if (typeof cell === 'string') return parseNumber(cell);
  if (typeof cell === 'boolean') return cell ? 1 : 0;
  if (typeof cell !== 'number' && typeof cell !== 'bigint') return null;
  const value = Number(cell);
  return Number.isFinite(Math.fround(value)) ? value : null;
}

/** A cell as the text of a category; null for what is none. */
export function toText(cell: Cell): string | null {
  if (typeof cell === 'string') return cell.trim();
  if (typeof cell === 'number' || typeof cell === 'bigint' || typeof cell === 'boolean') return String(cell);
  return cell instanceof Date && !Number.isNaN(cell.getTime()) ? cell.toISOString() : null;
}

/** ISO 8601, or with a blank for the T: a date, and a time that may have fractions and a zone. */
const MOMENT =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?\s?(Z|[+-]\d\d:?\d\d)?)?$/;

/** Minutes of an offset such as +01:30. */
function offsetMinutes(zone: string | undefined): number {
  if (zone === undefined || zone === 'Z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return zone.startsWith('-') ? -minutes : minutes;
}

/** Milliseconds since 1970 of a moment, UTC where it names no zone; null when it is none. */
export function toMoment(cell: Cell): number | null {
  if (cell instanceof Date) return Number.isNaN(cell.getTime()) ? null : cell.getTime();
  if (typeof cell !== 'string') return null;
  const match = MOMENT.exec(cell.trim());
  if (match === null) return null;
  const parts: (string | undefined)[] = match.slice(1, 7);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = parts.map((part) =>
    Number(part ?? 0),
  );
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  // 31 February would be a day in March.
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  if (hour > 23 || minute > 59 || second > 59) return null;
  const fraction = Number((match[7] ?? '0').padEnd(3, '0').slice(0, 3));
  const time = ((hour * 60 + minute - offsetMinutes(match[8])) * 60 + second) * 1000 + fraction;
  return date.getTime() + time;
}

/** The shape of a nested list of numbers; null when it is ragged, empty, deeper than 8 or holds something else. */
export function shapeOf(cell: Cell): number[] | null {
  const shape: number[] = [];
  let first: Cell | undefined = cell;
  while (Array.isArray(first)) {
    if (first.length === 0 || shape.length === 8) return null;
    shape.push(first.length);
    first = (first as readonly Cell[])[0];
  }
  return shape.length === 0 ? null : shape;
}

/** Puts the numbers of a nested list into an array, row by row; false when they are not of the shape, or no numbers. */
export function flattenInto(
  cell: Cell | undefined,
  shape: readonly number[],
  out: { [index: number]: number },
  at: number,
): boolean {
  const [length, ...inner] = shape;
  if (length === undefined) {
    const value = typeof cell === 'string' || cell === undefined ? null : toNumber(cell);
    out[at] = value ?? 0;
    return value !== null;
  }
  if (!Array.isArray(cell) || cell.length !== length) return false;
  const stride = inner.reduce((product, n) => product * n, 1);
  return cell.every((one: Cell, index) => flattenInto(one, inner, out, at + index * stride));
}
