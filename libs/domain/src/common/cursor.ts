// Cursors are opaque to clients: base64url of what they continue, and of which list.

import { GradstreamError, isStorable, type Page, type PageQuery } from '@gradstream/contracts';
import { z } from 'zod';
import type { Keyset } from '@gradstream/data';

const cursorSchema = z.tuple([z.string(), z.union([z.string(), z.int().min(0)])]);

/** A cursor of a list; `list` keeps it from being used on another one. */
export function encodeCursor(list: string, position: string | number): string {
  return Buffer.from(JSON.stringify([list, position])).toString('base64url');
}

/** What a cursor stands for. Throws BAD_CURSOR. */
function decode(list: string, cursor: string): string | number {
  try {
    const [of, position] = cursorSchema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    if (of === list) return position;
  } catch (cause) {
    if (!(cause instanceof SyntaxError) && !(cause instanceof z.ZodError)) throw cause;
  }
  throw badCursor();
}

/** The refusal of a cursor that this list did not give out. */
function badCursor(): GradstreamError {
  const detail = 'Pass a cursor as it was given out for this list, or none to start from the beginning.';
  return new GradstreamError('BAD_CURSOR', detail);
}

/** The id that a cursor continues after. */
export function decodeIdCursor(list: string, cursor: string): string {
  const position = decode(list, cursor);
  if (typeof position === 'string' && isStorable(position)) return position;
  throw badCursor();
}

/** The sequence number that a cursor continues after; 0 without a cursor. */
export function decodeSeqCursor(list: string, cursor: string | null | undefined): number {
  if (cursor === null || cursor === undefined) return 0;
  const position = decode(list, cursor);
  if (typeof position === 'number') return position;
  throw badCursor();
}

/** The rows to ask for: one more than the page holds, to know whether there is another page. */
export function toKeyset(list: string, query: PageQuery): Keyset {
  return {
    before: query.after === undefined ? null : decodeIdCursor(list, query.after),
    limit: query.limit + 1,
  };
}

/** The page of the rows that were found. */
export function toPage<Row extends { id: string }, Item>(
  list: string,
  rows: readonly Row[],
  { limit }: PageQuery,
  map: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const hasMore = rows.length > limit;
  return { data: shown.map(map), hasMore, nextCursor: hasMore && last ? encodeCursor(list, last.id) : null };
}
