// Deletion of what runs refer to: their history names it, so it stays as long as one does.

import { GradstreamError } from '@gradstream/contracts';
import { isForeignKeyViolation, type RunRow } from '@gradstream/data';

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

/** Throws IN_USE when there are such runs, which have not ended. */
export function refuseIfOpen(noun: string, runs: readonly string[]): void {
  if (runs.length === 0) return;
  const detail = `Runs that have not ended need this ${noun}, such as ${runs.join(', ')}: cancel them, or wait for their end.`;
  throw new GradstreamError('IN_USE', detail);
}

/** Throws DATASET_DELETED for a run whose dataset was deleted by force, and which cannot do `what` without it. */
export function requireDataset(run: Pick<RunRow, 'dataset_deleted_at'>, what: string): void {
  const deleted = run.dataset_deleted_at;
  if (deleted === null) return;
  const detail = `The run's dataset was deleted at ${deleted.toISOString()}: it cannot ${what}. Upload the data again and make a new run.`;
  throw new GradstreamError('DATASET_DELETED', detail);
}

/** The promise; a run that came between look and deletion makes it IN_USE. */
export async function unlessUsed<T>(noun: string, removal: Promise<T>): Promise<T> {
  try {
    return await removal;
  } catch (error) {
    throw isForeignKeyViolation(error) ? inUse(noun, []) : error;
  }
}
