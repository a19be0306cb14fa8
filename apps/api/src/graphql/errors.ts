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

/** Whether an error is about the request itself: syntax, validation, limits, variables. */
function isOfDocument(error: unknown): boolean {
  if (!(error instanceof GraphQLError)) return false;
  const { originalError, path } = error;
  return originalError === undefined ? path === undefined : isOfDocument(originalError);
}

/** Whether a limit of ours was exceeded. Apollo keeps the rule's own error as the original one. */
function isTooMuch({ message, extensions, originalError }: GraphQLError): boolean {
  if (extensions['code'] === 'QUERY_TOO_COMPLEX') return true;
  if (originalError instanceof GraphQLError) return isTooMuch(originalError);
  return /more tha[nt] \d+ tokens|token limit/i.test(message);
}

/** The error of the catalogue that an error of GraphQL stands for. */
export function toCatalogue(message: string, error: unknown): GradstreamError {
  if (error instanceof GraphQLError) {
    if (error.extensions['code'] === 'INTERNAL_SERVER_ERROR' && !error.originalError)
      return toGradstreamError(new Error(message, { cause: error }));
    if (isOfDocument(error))
      return new GradstreamError(isTooMuch(error) ? 'QUERY_TOO_COMPLEX' : 'GRAPHQL_INVALID', message);
    return toGradstreamError(error.originalError ?? error);
  }
  return toGradstreamError(error);
}

/** An error as clients see it: a code of the catalogue, and nothing of our insides. */
export function formatError(
  { message, path, locations }: GraphQLFormattedError,
  error: unknown,
  requestId?: string,
): GraphQLFormattedError {
  const { code, detail, errors } = toCatalogue(message, error);
  const extensions = {
    code,
    ...(requestId === undefined ? {} : { requestId }),
    ...(errors.length > 0 ? { errors } : {}),
  };
  return { message: detail, extensions, ...(path ? { path } : {}), ...(locations ? { locations } : {}) };
}
