import { GradstreamError, type Scope } from '@gradstream/contracts';
import { requireScope, type ApiKeys, type Idempotency, type Principal } from '@gradstream/domain';
import { getArgumentValues, type GraphQLResolveInfo } from 'graphql';
import { bearerOf } from '../auth/bearer.js';
import { toKeyed } from '../http/keyed.js';

/** What resolvers know of the caller. */
export interface GraphqlContext {
  readonly requestId: string;
  /** Who asks. Throws UNAUTHENTICATED; introspection never asks. */
  readonly principal: () => Promise<Principal>;
  /**
   * The answer to a mutation: of `work`, or the first one again when the request carries an Idempotency-Key that was
   * used for it. One key serves all mutations of a document, each by the name of its result.
   */
  readonly once: <T extends object>(
    info: GraphQLResolveInfo,
    scope: Scope,
    work: (caller: Principal) => Promise<T>,
  ) => Promise<T>;
}

/** What a request says of who asks, and whether it may come again. */
export interface Credentials {
  readonly authorization: unknown;
  readonly idempotencyKey?: string | undefined;
}

/** A mutation's arguments, with those of variables. */
function argumentsOf({
  parentType,
  fieldName,
  fieldNodes: [node],
  variableValues,
}: GraphQLResolveInfo): object {
  const field = parentType.getFields()[fieldName];
  return field && node ? getArgumentValues(field, node, variableValues) : {};
}

/** A context for one request, or one socket; the key is looked up once, when first asked for. */
export function createContext(
  { keys, idempotency }: { readonly keys: ApiKeys; readonly idempotency?: Idempotency },
  { authorization, idempotencyKey }: Credentials,
  requestId: string,
): GraphqlContext {
  let found: Promise<Principal> | undefined;
  const secret = bearerOf(authorization);
  const find = async (): Promise<Principal> => {
    if (secret !== null) return keys.authenticate(secret);
    throw new GradstreamError(
      'UNAUTHENTICATED',
      'Send a key as "Authorization: Bearer gs_…", or in connectionParams as "authorization".',
    );
  };
  const principal = (): Promise<Principal> => (found ??= find());
  return {
    requestId,
    principal,
    once: async <T extends object>(
      info: GraphQLResolveInfo,
      scope: Scope,
      work: (caller: Principal) => Promise<T>,
    ): Promise<T> => {
      const caller = await principal();
      if (!idempotency || idempotencyKey === undefined) return work(caller);
      requireScope(caller, scope); // Before an answer is given again, which the use case would not see.
      const of = `graphql ${info.fieldName}`;
      const request = toKeyed(caller, secret ?? '', { key: idempotencyKey, of, input: argumentsOf(info) });
      const key = `${request.key} ${String(info.path.key)}`;
      // The same mutation made the first answer, so it is of the same type.
      return (await idempotency.once(caller, { ...request, key }, () => work(caller))) as T;
    },
  };
}
