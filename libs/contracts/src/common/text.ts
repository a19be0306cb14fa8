// Text that every part can keep. Postgres refuses U+0000, and JSON with half of a surrogate pair.

import { z } from 'zod';

/** A number of things as a person says it: 1 column, 2 columns. */
export const countOf = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

/** Whether a text can be stored as it is. */
export const isStorable = (text: string): boolean => text.isWellFormed() && !text.includes('\0');

/** Whether all texts of a JSON value, keys too, can be stored as they are. */
export function holdsStorable(value: unknown): boolean {
  if (typeof value === 'string') return isStorable(value);
  if (typeof value !== 'object' || value === null) return true;
  if (Array.isArray(value)) return value.every(holdsStorable);
  return Object.entries(value).every(([key, inner]) => isStorable(key) && holdsStorable(inner));
}

const REFUSAL = 'has a character that cannot be stored: U+0000, or half of a surrogate pair';

/** A check for schemas of text, or of JSON values that hold text. */
export const storable = z.refine<unknown>(holdsStorable, REFUSAL);
