// Which column of a dataset is most likely to be learned, and as what.

import type { DatasetColumn } from '@gradstream/sdk';

/** What a network gives, and how that is trained. */
export interface Learned {
  readonly column: DatasetColumn;
  readonly task: 'classification' | 'binary' | 'regression';
  /** Units of the last layer. */
  readonly units: number;
}

/** Names that columns to be learned often have. */
const USUAL = ['label', 'labels', 'target', 'class', 'y', 'species', 'outcome'];

/** Numbers of few values, one after the other, are classes that somebody has counted. */
const MOST_COUNTED = 20;
/** More categories are names rather than classes. */
const MOST_CLASSES = 100;

const isClasses = ({ type, distinct }: DatasetColumn): boolean =>
  type === 'categorical' && distinct !== null && distinct >= 2 && distinct <= MOST_CLASSES;

function isCounted({ type, distinct, min, max }: DatasetColumn): boolean {
  if (type !== 'numeric' || distinct === null || distinct < 2 || distinct > MOST_COUNTED) return false;
  return Number.isInteger(min) && Number(max) - Number(min) + 1 === distinct;
}

/** How a column is learned; null for one that a single output cannot learn. */
export function learnedAs(column: DatasetColumn): Learned | null {
  if (isClasses(column) || isCounted(column)) {
    const classes = column.distinct ?? 0;
    return classes === 2
      ? { column, task: 'binary', units: 1 }
      : { column, task: 'classification', units: classes };
  }
  return column.type === 'numeric' ? { column, task: 'regression', units: 1 } : null;
}

/** The column that has one of the usual names, else the last one that can be learned. */
export function likelyTarget(columns: readonly DatasetColumn[]): Learned | null {
  const able = columns.flatMap((column) => learnedAs(column) ?? []);
  return able.find(({ column }) => USUAL.includes(column.name.toLowerCase())) ?? able.at(-1) ?? null;
}
