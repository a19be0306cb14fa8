import { permutation, streamKey } from './random.js';

/** Streams of the random numbers, so that no purpose shares another's. */
export const SPLIT_STREAM = 1;

/** A split by shares of the rows, in their order or mixed. */
export interface ShareSplit {
  readonly train: number;
  readonly validation: number;
  readonly by: 'random' | 'sequential';
  readonly seed: number;
}

export interface Split {
  readonly train: Uint32Array;
  readonly validation: Uint32Array;
}

/** The numbers of all rows, in their order. */
export const allRows = (rows: number): Uint32Array => Uint32Array.from({ length: rows }, (_, row) => row);

/** How many rows each part has: the shares rounded down; when they add up to 1, what is left over is trained on. */
export function splitSizes(
  rows: number,
  { train, validation }: Pick<ShareSplit, 'train' | 'validation'>,
): { train: number; validation: number } {
  // The tiny addition keeps 0.8 × 10 from becoming 7.999….
  const validationRows = Math.floor(rows * validation + 1e-9);
  const all = train + validation > 1 - 1e-9;
  return { train: all ? rows - validationRows : Math.floor(rows * train + 1e-9), validation: validationRows };
}

/** Row numbers of the parts: training first, validation after it. */
export function splitIndices(rows: number, settings: ShareSplit): Split {
  const order =
    settings.by === 'random' ? permutation(rows, streamKey(settings.seed, SPLIT_STREAM)) : allRows(rows);
  const { train, validation } = splitSizes(rows, settings);
  return { train: order.slice(0, train), validation: order.slice(train, train + validation) };
}
