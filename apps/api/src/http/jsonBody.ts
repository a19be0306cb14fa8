// What is settled about a JSON body before anything looks at what it says.

import { findTooDeep, GradstreamError, TOO_DEEP, toPointer } from '@gradstream/contracts';
import type { FastifyRequest } from 'fastify';

/** Throws VALIDATION_FAILED for a body that is nested too deep for what may recurse. */
export function checkJsonBody(body: unknown): void {
  const path = findTooDeep(body);
  if (path === null) return;
  throw new GradstreamError('VALIDATION_FAILED', 'Correct the fields that are named, and send it again.', {
    errors: [{ pointer: toPointer(path), code: 'tooDeep', message: TOO_DEEP }],
  });
}

/** Makes an empty body none: clients that send JSON say so of every request, also of those without a body. */
export function forgetEmptyBody({ method, headers }: FastifyRequest): void {
  if (method !== 'POST' && method !== 'PATCH' && method !== 'DELETE') return;
  const empty = headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0;
  if (empty && /^application\/json\b/i.test(headers['content-type'] ?? '')) delete headers['content-type'];
}
