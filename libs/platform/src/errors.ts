// Turns whatever was thrown into an error of the catalogue. A service that is away is an expected fault.

import { GradstreamError } from '@gradstream/contracts';

/** System errors of a connection that failed or broke. */
const NETWORK_CODES = new Set([
  ...[
    'ECONNREFUSED',
    'ECONNRESET',
    'EPIPE',
    'ETIMEDOUT',
    'ENOTFOUND',
    'EAI_AGAIN',
    'EHOSTUNREACH',
    'ENETUNREACH',
  ],
  ...['ERR_STREAM_PREMATURE_CLOSE', 'UND_ERR_SOCKET', 'NR_CLOSED'],
]);

/**
 * Postgres states: shutting down, starting, connection failures, too many connections, a statement over its time,
 * a serialization failure, a deadlock.
 */
const POSTGRES_AWAY = /^(57P0[1-5]|08...|53300|57014|40001|40P01)$/;
/** S3's ways to say "not now" (Amazon S3 API reference, error codes); of an answer of 5xx its client tells the status alone. */
const S3_NOT_NOW = new Set(['InternalError', 'ServiceUnavailable', 'SlowDown', 'RequestTimeout']);
const AWAY_MESSAGE =
  /Connection terminated|connection timeout|timeout exceeded when trying to connect|Connection is closed|Stream isn't writeable|Client has encountered a connection error|not queryable|Command timed out|Query read timeout|Retryable HTTP status|socket hang up/i;
const STORAGE_FULL = /ENOSPC|XMinioStorageFull|QuotaExceeded|53100/;

/** The `code` of a system, Postgres or S3 error. */
function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error)) return '';
  return String(error.code);
}

/** Whether an error says that a service could not be reached, or had no time: the same may work a moment later. */
export function isServiceAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (error instanceof AggregateError) return error.errors.some(isServiceAway);
  const code = codeOf(error);
  const named = NETWORK_CODES.has(code) || POSTGRES_AWAY.test(code) || S3_NOT_NOW.has(code);
  if (named || AWAY_MESSAGE.test(error.message)) return true;
  return error.cause !== undefined && isServiceAway(error.cause);
}

/** The error of the catalogue that stands for whatever was thrown; unknown ones become INTERNAL with their cause. */
export function toGradstreamError(error: unknown): GradstreamError {
  if (error instanceof GradstreamError) return error;
  if (isServiceAway(error)) {
    const detail =
      'A service behind the API cannot be reached at the moment. Try again shortly; /readyz says which one.';
    return new GradstreamError('SERVICE_UNAVAILABLE', detail, { retryAfterSeconds: 1, cause: error });
  }
  if (error instanceof Error && STORAGE_FULL.test(`${codeOf(error)} ${error.message}`)) {
    return new GradstreamError(
      'STORAGE_FULL',
      'There is no room left to store this: free some, then try again.',
      { cause: error },
    );
  }
  return new GradstreamError('INTERNAL', 'An unexpected error; the log has it under the request id.', {
    cause: error,
  });
}
