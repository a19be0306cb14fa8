// What is wrong with a file, in the catalogue's form.

import { GradstreamError, type ProblemItem } from '@gradstream/contracts';

/** How many problems are listed. */
export const MAX_PROBLEMS = 100;

/** Collects problems; those after the first hundred are counted and not kept. */
export class ProblemList {
  readonly items: ProblemItem[] = [];
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(problem: ProblemItem): void {
    this.#count++;
    if (this.items.length < MAX_PROBLEMS) this.items.push(problem);
  }
}

/** DATASET_UNREADABLE: a file that cannot be read any further, and why. */
export function unreadable(problem: ProblemItem, cause?: unknown): GradstreamError {
  const place = problem.line === undefined ? '' : `line ${problem.line}: `;
  const hint = problem.hint === undefined ? '' : ` ${problem.hint}.`;
  return new GradstreamError(
    'DATASET_UNREADABLE',
    `The file cannot be read: ${place}${problem.message}.${hint}`,
    { errors: [problem], cause },
  );
}

/** Whether an error is the system's, of a disk or of what a process may have, and not the file's. */
export const isSystemError = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'syscall' in error;

/** What stopped a decoder: errors of the system, and those that say what is wrong, as they are; others as `refuse` says. */
export const asRefusal = (cause: unknown, refuse: (message: string) => GradstreamError): unknown =>
  isSystemError(cause) || cause instanceof GradstreamError
    ? cause
    : refuse(cause instanceof Error ? cause.message : String(cause));

/** DATASET_REJECTED with the problems that were found. */
export function rejected({ items, count }: ProblemList): GradstreamError {
  const listed = count > items.length ? `; the first ${items.length} are listed` : '';
  const detail = `The dataset has ${count} problem${count === 1 ? '' : 's'}${listed}: mend the file, and upload it again.`;
  return new GradstreamError('DATASET_REJECTED', detail, { errors: items });
}

/** A value from a file as an error may quote it. */
export const quoted = (text: string): string =>
  `"${text.length > 40 ? `${text.slice(0, 40)}…` : text}"`.toWellFormed();
