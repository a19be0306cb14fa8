// The type of a column by its first values.

import type { FeatureType } from '@gradstream/contracts';
import type { Cell } from '../readers/source.js';
import { isMissingCell, shapeOf, toMoment, toNumber, toText } from './cells.js';

/** Rows from which types are inferred. */
export const SAMPLE_ROWS = 1000;

/** Up to so many distinct texts are categories however few rows there are. */
const FEW = 50;
/** Texts with so many words on average are prose. */
const PROSE_WORDS = 4;

/** What programs write for numbers that are none; in a column of numbers a mistake of the file, not a category. */
const NOT_FINITE = /^[+-]?(nan|inf|infinity)$/i;
const looksNumeric = (cell: Cell): boolean =>
  toNumber(cell) !== null ||
  typeof cell === 'number' ||
  (typeof cell === 'string' && (NOT_FINITE.test(cell.trim()) || Number.isFinite(Number(cell))));

const wordsOf = (text: string): number => text.split(/\s+/).length;

/**
 * Numeric when all values are numbers, NaN and the infinities included, or booleans; timestamp when all are moments by ISO 8601; array when all are lists of
 * numbers; of texts, prose and columns in which most values differ are text, others categorical. A column without values is
 * categorical.
 */
export function inferType(cells: readonly Cell[]): FeatureType {
  const present = cells.filter((cell) => !isMissingCell(cell));
  if (present.length === 0) return 'categorical';
  if (present.every(looksNumeric) && present.some((cell) => toNumber(cell) !== null)) return 'numeric';
  if (present.every((cell) => toMoment(cell) !== null)) return 'timestamp';
  if (present.every((cell) => shapeOf(cell) !== null)) return 'array';
  const texts = present.map((cell) => toText(cell) ?? '');
  const words = texts.reduce((sum, text) => sum + wordsOf(text), 0) / texts.length;
  const { size } = new Set(texts);
  const isText = (words >= PROSE_WORDS && size > 1) || size > Math.max(FEW, texts.length / 2);
  return isText ? 'text' : 'categorical';
}
