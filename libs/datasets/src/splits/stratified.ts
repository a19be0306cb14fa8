// Splits in which every class has its share.

import { permutation, streamKey } from './random.js';
import { splitSizes, SPLIT_STREAM, type Split } from './split.js';

export interface StratifiedSettings {
  readonly train: number;
  readonly validation: number;
  readonly seed: number;
}

/**
 * How many rows of each class: shares of a total, rounded down, what is left over to the largest remainders (Hamilton's
 * method), so that they add up to the total exactly.
 */
function quotas(counts: readonly number[], total: number): number[] {
  const all = counts.reduce((sum, count) => sum + count, 0);
  const exact = counts.map((count) => (count * total) / Math.max(1, all));
  const floors = exact.map((share) => Math.floor(share + 1e-9));
  let left = total - floors.reduce((sum, count) => sum + count, 0);
  const order = exact.map((share, index) => ({ index, rest: share - (floors[index] ?? 0) }));
  order.sort((a, b) => b.rest - a.rest || a.index - b.index);
  for (const { index } of order) {
    if (left === 0) break;
    const floor = floors[index] ?? 0;
    if (floor === counts[index]) continue;
    floors[index] = floor + 1;
    left--;
  }
  return floors;
}

/**
 * Splits rows by their classes, `codes` from 0; the sizes are those of a random split. Rows of each part come in random
 * order, classes mixed. A row without a class (-1) counts as one of a class of its own.
 */
export function stratifiedSplit(codes: Int32Array, settings: StratifiedSettings): Split {
  const counts: number[] = [];
  for (const code of codes) counts[code + 1] = (counts[code + 1] ?? 0) + 1;
  const classes = Array.from(counts, (count: number | undefined) => count ?? 0);
  const sizes = splitSizes(codes.length, settings);
  const validation = quotas(classes, sizes.validation);
  const rest = classes.map((count, index) => count - (validation[index] ?? 0));
  const train = quotas(rest, sizes.train);
  const parts = { train: new Uint32Array(sizes.train), validation: new Uint32Array(sizes.validation) };
  const filled = { train: 0, validation: 0 };
  for (const row of permutation(codes.length, streamKey(settings.seed, SPLIT_STREAM))) {
    const index = (codes[row] ?? -1) + 1;
    for (const [part, left] of [
      ['validation', validation],
      ['train', train],
    ] as const) {
      if ((left[index] ?? 0) === 0) continue;
      left[index] = (left[index] ?? 0) - 1;
      parts[part][filled[part]++] = row;
      break;
    }
  }
  return parts;
}
