// Lists as Relay connections (GraphQL Cursor Connections Specification), forward only.

import { pageQuerySchema, parseInput, type Page, type PageQuery } from '@gradstream/contracts';
import { cursorOf, type CursorList } from '@gradstream/domain';
import { z } from 'zod';

/** Arguments of a connection. */
export interface ConnectionArguments {
  readonly first?: number | null;
  readonly after?: string | null;
}

interface Edge<T> {
  readonly cursor: string;
  readonly node: T;
}

export interface Connection<T> {
  readonly edges: readonly Edge<T>[];
  readonly nodes: readonly T[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

const { limit: first, after } = pageQuerySchema.shape;
const argumentsSchema = z.object({ first, after });

/** The page that a connection asks for. Throws VALIDATION_FAILED. */
export function toPageQuery(page: ConnectionArguments): PageQuery {
  const parsed = parseInput(argumentsSchema, {
    first: page.first ?? undefined,
    after: page.after ?? undefined,
  });
  return { limit: parsed.first, ...(parsed.after === undefined ? {} : { after: parsed.after }) };
}

/** A page in Relay's form. What came before it is known to exist when it continues after a cursor. */
export function toConnection<T extends { id: string }>(
  list: CursorList,
  { data, hasMore }: Page<T>,
  { after: continued }: ConnectionArguments,
): Connection<T> {
  const edges = data.map((node) => ({ cursor: cursorOf(list, node.id), node }));
  return {
    edges,
    nodes: data,
    pageInfo: {
      hasNextPage: hasMore,
      hasPreviousPage: continued !== null && continued !== undefined,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}
