// Why predictions have no answer, and which of them another process may have one for.

import { GradstreamError, type StoredAnswer } from '@gradstream/contracts';
import { WAIT_MS } from '@gradstream/domain';
import { toGradstreamError } from '@gradstream/platform';
import { isTransient } from '../support/retry.js';
import type { TrainerExit } from '../trainer/process.js';

/** Failures of a process that another one would not have. */
const OF_PROCESS = new Set(['ENGINE_CRASHED', 'OUT_OF_MEMORY']);

/** What those get that wait for a process which was killed because of one of them. */
export class LostPredictor extends GradstreamError {
  constructor() {
    const detail =
      'The process that predicts was ended, because it took too long over the rows of a request. Send these rows again; send fewer if it repeats.';
    super('ENGINE_CRASHED', detail);
  }
}

export const tooLate = (cause?: unknown): GradstreamError =>
  new GradstreamError(
    'PREDICTION_TIMEOUT',
    `The prediction took more than ${WAIT_MS / 1000} s: send fewer rows, or try again when workers are less busy.`,
    { retryAfterSeconds: 5, cause },
  );

/** What became of a process that did not answer. */
export function crashed({ code, signal, logTail, memoryKill }: TrainerExit): GradstreamError {
  if (signal === 'SIGKILL' && memoryKill)
    return new GradstreamError(
      'OUT_OF_MEMORY',
      'The kernel killed the process that predicts for want of memory: send fewer rows, or use a machine with more.',
    );
  const how = signal ? `was ended by ${signal}` : `ended with exit code ${code ?? 'unknown'}`;
  const last = logTail.slice(-5).join(' | ') || 'none';
  const detail = `The process that predicts ${how} before it answered. Send the rows again, and report it if it repeats. Its last lines: ${last}`;
  return new GradstreamError('ENGINE_CRASHED', detail);
}

/**
 * Whether a new process may answer what one failed to: it was lost because of another request, or had stayed loaded and may
 * have died of something that had nothing to do with these rows.
 */
export function mayAskAnother(error: unknown, wasLoaded: boolean): error is GradstreamError {
  if (error instanceof LostPredictor) return true;
  return wasLoaded && error instanceof GradstreamError && OF_PROCESS.has(error.code);
}

/** A failure as the prediction's answer. Throws what another try, or another worker, may do better. */
export function failedAnswer(
  error: unknown,
  { closing, deadline }: { readonly closing: AbortSignal; readonly deadline: AbortSignal },
): Extract<StoredAnswer, { ok: false }> {
  if (closing.aborted)
    throw new Error('the worker shuts down; the prediction is left to another one', { cause: error });
  const isOwn = error instanceof GradstreamError && !isTransient(error);
  if (!isOwn && !deadline.aborted && isTransient(error)) throw error;
  const { code, detail, errors } = !isOwn && deadline.aborted ? tooLate(error) : toGradstreamError(error);
  return { ok: false, code, message: detail, errors: [...errors] };
}
