// What a network is most likely to take of a dataset, and the shape that this has.

import type { DatasetColumn } from '@gradstream/sdk';
import { toExpressions } from '../settings/columns.js';

export interface Taken {
  /** The input, as settings have it. */
  readonly input: Readonly<Record<string, unknown>>;
  readonly kind: 'values' | 'image' | 'text' | 'array';
  /** Without the batch. */
  readonly shape: readonly number[];
  /** In words. */
  readonly said: string;
}

/** More categories would make an input of mostly zeros. */
const MOST_CATEGORIES = 50;
/** Words of a text that are read, and words that are known. */
export const TEXT = { length: 64, words: 10_000 } as const;

const isCategory = ({ type, distinct }: DatasetColumn): boolean =>
  type === 'categorical' && distinct !== null && distinct <= MOST_CATEGORIES;

/** Numbers as they are and categories as one of many, side by side. */
function takeValues(columns: readonly DatasetColumn[], known: readonly string[]): Taken | null {
  const taken = columns.filter((column) => column.type === 'numeric' || isCategory(column));
  if (taken.length === 0) return null;
  const categories = taken.filter(isCategory);
  const width = taken.reduce((sum, column) => sum + (isCategory(column) ? (column.distinct ?? 1) : 1), 0);
  const names = new Set(taken.map(({ name }) => name));
  const which = categories.length === 0 ? { all: true } : { columns: toExpressions(names, known) };
  const numbers = taken.length - categories.length;
  const parts = [
    ...(numbers > 0 ? [`${numbers} numeric, standardized`] : []),
    ...(categories.length > 0 ? [`${categories.length} categorical, one value for each category`] : []),
  ];
  return {
    input: {
      ...which,
      ...(numbers > 0 ? { scale: 'standardize' } : {}),
      ...(taken.some(({ missing }) => missing > 0) ? { missing: 'median' } : {}),
    },
    kind: 'values',
    shape: [width],
    said: parts.join(' and '),
  };
}

/** A column that stands alone: an image, a text or an array. */
function takeAlone({ name, type, shape }: DatasetColumn): Taken | null {
  const input = { columns: [name] };
  if (type === 'image') return { input, kind: 'image', shape, said: `the images of ${name}` };
  if (type === 'array') return { input, kind: 'array', shape, said: `the arrays of ${name}` };
  if (type !== 'text') return null;
  const tokens = { maxLength: TEXT.length, vocabularySize: TEXT.words };
  const said = `the first ${TEXT.length} words of ${name}`;
  return { input: { ...input, tokens }, kind: 'text', shape: [TEXT.length], said };
}

/** Images before values, values before texts and arrays: what a network with one input can take. */
export function likelyInput(columns: readonly DatasetColumn[], target: string | null): Taken | null {
  const others = columns.filter(({ name }) => name !== target);
  const known = columns.map(({ name }) => name);
  const alone = (type: DatasetColumn['type']): Taken | null => {
    const found = others.find((column) => column.type === type);
    return found ? takeAlone(found) : null;
  };
  return alone('image') ?? takeValues(others, known) ?? alone('text') ?? alone('array');
}
