import { permutation, streamKey } from './random.js';

/** Streams of the random numbers, so that no purpose shares another's. */
const SPLIT_STREAM = 1;

export interface SplitSettings {
  readonly train: number;
  readonly validation: number;
  readonly by: 'random' | 'sequential';
  readonly seed: number;
}

export interface Split {
  readonly train: Uint32Array;
  readonly validation: Uint32Array;
}

/** Row numbers of the parts: training first, validation after it; rounded down. */
export function splitIndices(rows: number, { train, validation, by, seed }: SplitSettings): Split {
  const order =
    by === 'random'
      ? permutation(rows, streamKey(seed, SPLIT_STREAM))
      : Uint32Array.from({ length: rows }, (_, i) => i);
  // The tiny addition keeps 0.8 × 10 from becoming 7.999….
  const trainRows = Math.floor(rows * train + 1e-9);
  const validationRows = Math.floor(rows * validation + 1e-9);
  // Together they never ask for more than there is: 0.8 and 0.2 of 1797 leave one row over, which is trained on.
  const all = train + validation > 1 - 1e-9;
  const cut = all ? rows - validationRows : trainRows;
  return { train: order.slice(0, cut), validation: order.slice(cut, cut + validationRows) };
}
