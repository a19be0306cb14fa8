// Deletion of what runs refer to: their history names it, so it stays as long as one does.

import { GradstreamError } from '@gradstream/contracts';
import { isForeignKeyViolation } from '@gradstream/data';

/** How many runs a refusal names. */
export const SHOWN_RUNS = 3;

/** The refusal to delete what runs need; `runs` are some of them, none when one came only just now. */
function inUse(noun: string, runs: readonly string[]): GradstreamError {
  const names =
    runs.length > 0
      ? `Runs refer to this ${noun}, such as ${runs.join(', ')}`
      : `A run refers to this ${noun}`;
  return new GradstreamError('IN_USE', `${names}: it stays, so that they can be explained and repeated.`);
}

/** Throws IN_USE when there are such runs. */
export function refuseIfUsed(noun: string, runs: readonly string[]): void {
  if (runs.length > 0) throw inUse(noun, runs);
}

/** The promise; a run that came between look and deletion makes it IN_USE. */
export async function unlessUsed<T>(noun: string, removal: Promise<T>): Promise<T> {
  try {
    return await removal;
  } catch (error) {
    throw isForeignKeyViolation(error) ? inUse(noun, []) : error;
  }
}
