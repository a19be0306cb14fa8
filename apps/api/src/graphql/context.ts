import { GradstreamError } from '@gradstream/contracts';
import type { ApiKeys, Principal } from '@gradstream/domain';
import { bearerOf } from '../auth/bearer.js';

/** What resolvers know of the caller. */
export interface GraphqlContext {
  readonly requestId: string;
  /** Who asks. Throws UNAUTHENTICATED; introspection never asks. */
  readonly principal: () => Promise<Principal>;
}

/** A context for an Authorization value; the key is looked up once, when first asked for. */
export function createContext(keys: ApiKeys, authorization: unknown, requestId: string): GraphqlContext {
  let principal: Promise<Principal> | undefined;
  const find = async (): Promise<Principal> => {
    const secret = bearerOf(authorization);
    if (secret !== null) return keys.authenticate(secret);
    throw new GradstreamError(
      'UNAUTHENTICATED',
      'Send a key as "Authorization: Bearer gs_…", or in connectionParams as "authorization".',
    );
  };
  return { requestId, principal: () => (principal ??= find()) };
}
