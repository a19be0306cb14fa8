import { pageQuerySchema, type Page, type PageQuery } from '@gradstream/contracts';

/** Arguments of a connection. */
export interface ConnectionArguments {
  readonly first?: number | null;
  readonly after?: string | null;
}

export interface Connection<T> {
  readonly nodes: readonly T[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** The page that a connection asks for. */
export function toPageQuery({ first, after }: ConnectionArguments): PageQuery {
  return pageQuerySchema.parse({
    ...(after ? { after } : {}),
    ...(first === null || first === undefined ? {} : { limit: first }),
  });
}

/** A page in Relay's form; edges are left out, for they would add nothing to the nodes. */
export function toConnection<T>({ data, hasMore, nextCursor }: Page<T>): Connection<T> {
  return { nodes: data, pageInfo: { hasNextPage: hasMore, endCursor: nextCursor } };
}
