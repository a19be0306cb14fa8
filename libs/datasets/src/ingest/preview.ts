// The first rows as they are in the file.

import type { Batch, BatchColumn, Cell } from '../readers/source.js';

/** A value as JSON has it. Of arrays and images only the size. */
export type PreviewCell = string | number | boolean | null;

const MAX_TEXT = 200;

function previewCell(cell: Cell): PreviewCell {
  if (typeof cell === 'string')
    return (cell.length > MAX_TEXT ? `${cell.slice(0, MAX_TEXT)}…` : cell).toWellFormed();
  if (typeof cell === 'bigint') return cell.toString();
  if (cell instanceof Date) return Number.isNaN(cell.getTime()) ? null : cell.toISOString();
  if (typeof cell === 'number') return Number.isFinite(cell) ? cell : String(cell);
  return typeof cell === 'boolean' || cell === null ? cell : `${cell.length} values`;
}

function valueAt(column: BatchColumn, row: number, rows: number): PreviewCell {
  if (column.kind === 'cells') return previewCell(column.cells[row] ?? null);
  const size = column.values.length / rows;
  return size === 1 ? previewCell(column.values[row] ?? null) : `${size} values`;
}

/** Up to `count` rows from the start of a batch. */
export function previewRows(batch: Batch, count: number): PreviewCell[][] {
  const rows = Math.max(0, Math.min(count, batch.rows));
  return Array.from({ length: rows }, (_, row) =>
    batch.columns.map((column) => valueAt(column, row, batch.rows)),
  );
}
