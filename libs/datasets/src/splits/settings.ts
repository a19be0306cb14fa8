// Which rows are trained on, and which validate.

import { GradstreamError, type SplitSettings } from '@gradstream/contracts';

/** By shares of the rows, or by the values that a column has. */
export type RowSplit =
  | { readonly by: 'random'; readonly train: number; readonly validation: number; readonly seed: number }
  | { readonly by: 'sequential'; readonly train: number; readonly validation: number }
  | {
      readonly by: 'stratified';
      readonly train: number;
      readonly validation: number;
      readonly seed: number;
      readonly column: string;
    }
  | {
      readonly by: 'column';
      readonly column: string;
      readonly train: readonly string[];
      readonly validation: readonly string[];
    };

/** RUN_INVALID for a split that the rows do not suit. */
export const invalidSplit = (pointer: string, message: string, hint: string): GradstreamError =>
  new GradstreamError('RUN_INVALID', `${pointer}: ${message}. ${hint}.`, {
    errors: [{ pointer, code: 'split', message, hint }],
  });

/**
 * What a run says of its split, as the split of rows; a stratified one is by the target unless it names a column. Throws
 * RUN_INVALID where it says too little.
 */
export function rowSplitOf(
  { by, train, validation, column, seed }: SplitSettings,
  target: string | undefined,
): RowSplit {
  const named = by === 'stratified' ? (column ?? target) : column;
  if (typeof train === 'number' && typeof validation === 'number') {
    if (by === 'sequential') return { by, train, validation };
    if (by === 'random') return { by, train, validation, seed };
    if (by === 'stratified' && named !== undefined) return { by, train, validation, seed, column: named };
  } else if (typeof train !== 'number' && typeof validation !== 'number') {
    if (by === 'column' && named !== undefined) return { by, column: named, train, validation };
  }
  throw invalidSplit('/split', `a split by "${by}" needs more than it says`, 'Name its column and its parts');
}
