// Whatever was thrown, as a failure of the catalogue.

import { asDiskFull, GradstreamError, type ErrorCode, type ProblemItem } from '@gradstream/contracts';
import { EngineError } from '@gradstream/engine';

export interface Failure {
  readonly code: ErrorCode;
  readonly message: string;
  readonly errors: ProblemItem[];
}

/** The failure that something thrown is. The log gets the stack of what was not thrown as such a message. */
export function failureOf(error: unknown): Failure {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  if (!(error instanceof GradstreamError)) process.stderr.write(`${stack}\n`);
  const typed = error instanceof GradstreamError ? error : asDiskFull(error);
  if (typed) return { code: typed.code, message: typed.detail, errors: [...typed.errors] };
  const message = error instanceof Error ? error.message : String(error);
  const outOfMemory = /RESOURCE_EXHAUSTED|OOM when allocating|Array buffer allocation failed/.test(message);
  const code = outOfMemory ? 'OUT_OF_MEMORY' : error instanceof EngineError ? 'ENGINE_FAILED' : 'INTERNAL';
  return { code, message, errors: [] };
}
