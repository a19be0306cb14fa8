import { GradstreamError, type Problem } from '@gradstream/contracts';
import { toGradstreamError } from '@gradstream/platform';
import { GraphQLError, type GraphQLFormattedError } from 'graphql';

/** Failures that are not about the input: they become errors, not results. */
const NOT_RESULTS = new Set(['UNAUTHENTICATED', 'FORBIDDEN', 'SERVICE_UNAVAILABLE', 'INTERNAL']);

/** A mutation's payload: what `work` made, or the expected failure as `problem`. */
export async function payload<T extends object>(work: () => Promise<T>): Promise<T | { problem: Problem }> {
  try {
    return await work();
  } catch (thrown) {
    const error = toGradstreamError(thrown);
    if (NOT_RESULTS.has(error.code)) throw error;
    return { problem: error.toProblem() };
  }
}

/** Null for what is not there. */
export async function orNull<T>(found: Promise<T>): Promise<T | null> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof GradstreamError && error.code === 'NOT_FOUND') return null;
    throw error;
  }
}

/** An error as clients see it: a code of the catalogue, and nothing of our insides. */
export function formatError(
  formatted: GraphQLFormattedError,
  error: unknown,
  requestId?: string,
): GraphQLFormattedError {
  const original = error instanceof GraphQLError ? error.originalError : undefined;
  const ofDocument = !original || original instanceof GraphQLError;
  if (ofDocument) {
    // Of the document: syntax, validation, limits.
    const tooLong = /more tha[nt] \d+ tokens|token limit/i.test(formatted.message);
    const code = tooLong
      ? 'QUERY_TOO_COMPLEX'
      : ((original instanceof GraphQLError ? original.extensions['code'] : undefined) ??
        formatted.extensions?.['code']);
    return { ...formatted, extensions: { code: code ?? 'GRAPHQL_VALIDATION_FAILED' } };
  }
  const { code, detail, errors } = toGradstreamError(original);
  const extensions = {
    code,
    ...(requestId === undefined ? {} : { requestId }),
    ...(errors.length > 0 ? { errors } : {}),
  };
  return {
    message: detail,
    extensions,
    ...(formatted.path ? { path: formatted.path } : {}),
    ...(formatted.locations ? { locations: formatted.locations } : {}),
  };
}
