// Requests with an Idempotency-Key, as the use case that keeps answers takes them.

import { GradstreamError } from '@gradstream/contracts';
import type { KeyedRequest, Principal } from '@gradstream/domain';
import { createHash } from 'node:crypto';
import { seal, unseal } from './sealed.js';

const KEY = /^[\x21-\x7e]{1,200}$/;

/** What tells two requests of one caller apart. */
interface Asked {
  /** The Idempotency-Key. */
  readonly key: string;
  /** What is asked for: a path, or a field of GraphQL. */
  readonly of: string;
  /** With which input. */
  readonly input: unknown;
}

/** The request; its answer opens with the caller's API key alone. Throws VALIDATION_FAILED for a key of another form. */
export function toKeyed({ keyId }: Principal, secret: string, { key, of, input }: Asked): KeyedRequest {
  if (!KEY.test(key))
    throw new GradstreamError(
      'VALIDATION_FAILED',
      'An Idempotency-Key is 1 to 200 printable ASCII characters.',
    );
  const text = `${keyId}\n${of}\n${JSON.stringify(input ?? null)}`;
  return {
    key,
    sha256: createHash('sha256').update(text).digest(),
    seal: (answer) => seal(answer, secret),
    unseal: (sealed) => unseal(sealed, secret),
  };
}
