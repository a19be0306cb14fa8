import { GradstreamError } from '@gradstream/contracts';
import { MAX_PROBLEMS, type ProblemList } from '../readers/problems.js';

/** An error that ended a reading, with the problems that were found before it. */
export function joinErrors(problems: ProblemList, error: unknown): unknown {
  if (!(error instanceof GradstreamError) || error.code !== 'DATASET_UNREADABLE') return error;
  if (problems.count === 0) return error;
  const errors = [...error.errors, ...problems.items].slice(0, MAX_PROBLEMS);
  return new GradstreamError(error.code, error.detail, { errors, cause: error });
}
