import { errorCatalogue, type ErrorCode } from './catalogue.js';
import type { Problem, ProblemItem } from './problem.js';

export interface ErrorOptions {
  /** What is wrong where; empty when the detail says it all. */
  readonly errors?: readonly ProblemItem[];
  /** Seconds after which trying again makes sense. */
  readonly retryAfterSeconds?: number;
  readonly cause?: unknown;
}

/** An expected failure. Its `detail` tells a person what happened, why, and what to do. */
export class GradstreamError extends Error {
  readonly errors: readonly ProblemItem[];
  readonly retryAfterSeconds: number | undefined;

  constructor(
    readonly code: ErrorCode,
    readonly detail: string,
    options: ErrorOptions = {},
  ) {
    super(`${code}: ${detail}`, { cause: options.cause });
    this.name = 'GradstreamError';
    this.errors = options.errors ?? [];
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  /** The HTTP status of the code. */
  get status(): number {
    return errorCatalogue[this.code].status;
  }

  /** The RFC 9457 form of this error. */
  toProblem(context: { requestId?: string; instance?: string } = {}): Problem {
    const { status, title } = errorCatalogue[this.code];
    return {
      type: `urn:gradstream:error:${this.code}`,
      title,
      status,
      detail: this.detail,
      code: this.code,
      errors: [...this.errors],
      ...context,
    };
  }
}
