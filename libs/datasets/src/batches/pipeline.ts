// Batches by position: which rows the n-th batch of an epoch holds is a function of (seed, epoch, n).

import type { Table } from '../readers/table.js';
import { permutation, streamKey } from '../splits/random.js';

/** Epochs use the streams from here on. */
const EPOCH_STREAM = 1000;

export interface Batch {
  /** [size, width], row by row. */
  readonly inputs: Float32Array;
  /** [size]. */
  readonly targets: Int32Array | Float32Array;
  readonly size: number;
}

export interface PipelineOptions {
  readonly batchSize: number;
  readonly seed: number;
  readonly shuffle: boolean;
}

/** Gives the batches of some rows of a table; the last batch of an epoch may be smaller. */
export class BatchPipeline {
  readonly batchesPerEpoch: number;
  #epoch = -1;
  #order: Uint32Array = new Uint32Array();

  constructor(
    private readonly table: Table,
    private readonly rows: Uint32Array,
    private readonly options: PipelineOptions,
  ) {
    this.batchesPerEpoch = Math.ceil(rows.length / options.batchSize);
  }

  /** The batch at a position of an epoch, both counted from 0. */
  batch(epoch: number, index: number): Batch {
    this.#prepare(epoch);
    const { batchSize } = this.options;
    const from = index * batchSize;
    const size = Math.min(batchSize, this.rows.length - from);
    const { inputs: source, targets: labels, rows } = this.table;
    const width = source.length / rows;
    const inputs = new Float32Array(size * width);
    const targets = labels instanceof Int32Array ? new Int32Array(size) : new Float32Array(size);
    for (let at = 0; at < size; at++) {
      const row = this.rows[this.#order[from + at] ?? 0] ?? 0;
      inputs.set(source.subarray(row * width, (row + 1) * width), at * width);
      targets[at] = labels[row] ?? 0;
    }
    return { inputs, targets, size };
  }

  /** The order of an epoch, made once. */
  #prepare(epoch: number): void {
    if (epoch === this.#epoch) return;
    const { seed, shuffle } = this.options;
    const count = this.rows.length;
    this.#order = shuffle
      ? permutation(count, streamKey(seed, EPOCH_STREAM + epoch))
      : Uint32Array.from({ length: count }, (_, index) => index);
    this.#epoch = epoch;
  }
}
