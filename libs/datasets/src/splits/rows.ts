// The rows of a dataset by a split of any kind.

import { columnOfDataset } from '../preprocessing/column-values.js';
import { labelsOf, type Labels } from '../preprocessing/labels.js';
import type { ShardedDataset } from '../shards/reader.js';
import { invalidSplit, type RowSplit } from './settings.js';
import { allRows, splitIndices, type Split } from './split.js';
import { stratifiedSplit } from './stratified.js';

function labels(dataset: ShardedDataset, name: string): Labels {
  const found = dataset.index.columns.find((column) => column.name === name);
  if (found === undefined)
    throw invalidSplit('/split/column', `the dataset has no column "${name}"`, 'Check its name');
  if (found.type !== 'categorical' && found.type !== 'numeric')
    throw invalidSplit(
      '/split/column',
      `column "${name}" is ${found.type}`,
      'Rows are split by categories or numbers',
    );
  return labelsOf(columnOfDataset(dataset, name, allRows(dataset.rows)));
}

/** Rows by the value that a column has; those with another value, or none, belong to no part. */
function splitByColumn(dataset: ShardedDataset, settings: Extract<RowSplit, { by: 'column' }>): Split {
  const both = settings.train.find((value) => settings.validation.includes(value));
  if (both !== undefined)
    throw invalidSplit('/split/validation', `"${both}" is in both parts`, 'Name each value once');
  const { names, codes } = labels(dataset, settings.column);
  const rowsOf = (values: readonly string[], pointer: string): Uint32Array => {
    const wanted = new Set(values.map((value) => names.indexOf(value)).filter((code) => code !== -1));
    const rows: number[] = [];
    codes.forEach((code, row) => {
      if (wanted.has(code)) rows.push(row);
    });
    if (rows.length > 0) return Uint32Array.from(rows);
    const message = `no row of column "${settings.column}" has one of ${values.map((value) => `"${value}"`).join(', ')}`;
    throw invalidSplit(pointer, message, `Its values are ${names.slice(0, 20).join(', ')}`);
  };
  return {
    train: rowsOf(settings.train, '/split/train'),
    validation: rowsOf(settings.validation, '/split/validation'),
  };
}

/** The rows to train on and to validate with. Throws RUN_INVALID when the column does not suit. */
export function splitRows(dataset: ShardedDataset, settings: RowSplit): Split {
  switch (settings.by) {
    case 'random':
      return splitIndices(dataset.rows, settings);
    case 'sequential':
      return splitIndices(dataset.rows, { ...settings, seed: 0 });
    case 'stratified':
      return stratifiedSplit(labels(dataset, settings.column).codes, settings);
    case 'column':
      return splitByColumn(dataset, settings);
  }
}
