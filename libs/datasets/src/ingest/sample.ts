// The first rows, by which types are inferred.

import { BATCH_BYTES } from '../readers/limits.js';
import type { Batch, Cell } from '../readers/source.js';
import { SAMPLE_ROWS } from './infer.js';

/** Bytes at which a sample is large enough, however few rows it has. */
const MAX_BYTES = 4 * BATCH_BYTES;

/** About how many bytes a cell takes. */
function weightOf(cell: Cell): number {
  if (typeof cell === 'string') return cell.length;
  if (!Array.isArray(cell)) return 8;
  return (cell as readonly Cell[]).reduce<number>((sum, one) => sum + weightOf(one), 8);
}

const bytesOf = ({ columns }: Batch): number =>
  columns.reduce((sum, column) => {
    if (column.kind === 'fixed') return sum + column.values.byteLength;
    return sum + column.cells.reduce<number>((cells, cell) => cells + weightOf(cell), 0);
  }, 0);

/** Keeps batches until there are enough rows, or bytes, to settle types by. */
export class Sample {
  #batches: Batch[] = [];
  #rows = 0;
  #bytes = 0;

  get batches(): readonly Batch[] {
    return this.#batches;
  }

  /** Whether it is enough now. */
  add(batch: Batch): boolean {
    this.#batches.push(batch);
    this.#rows += batch.rows;
    this.#bytes += bytesOf(batch);
    return this.#rows >= SAMPLE_ROWS || this.#bytes >= MAX_BYTES;
  }

  /** Hands the batches over. */
  release(): readonly Batch[] {
    const batches = this.#batches;
    this.#batches = [];
    return batches;
  }
}
