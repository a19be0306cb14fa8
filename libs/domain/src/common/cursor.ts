// Cursors are opaque to clients: base64url of which list they are of, and what they continue after.

import { GradstreamError, type Page, type PageQuery } from '@gradstream/contracts';
import type { Keyset } from '@gradstream/data';
import { z } from 'zod';

const positionSchema = z.union([z.string().regex(/^[a-z]+_[0-9a-f]{32}$/), z.int().min(0)]);
const cursorSchema = z.tuple([z.string(), positionSchema]);

/**
 * A list that cursors belong to: what is listed, and whose; `owner` is a project, or the run that the items are of.
 * A cursor is refused on every other list.
 */
export interface CursorList {
  readonly noun: 'apiKeys' | 'checkpoints' | 'datasets' | 'models' | 'runs';
  readonly owner: string;
}

const nameOf = ({ noun, owner }: CursorList): string => `${noun}:${owner}`;

const badCursor = (): GradstreamError =>
  new GradstreamError(
    'BAD_CURSOR',
    'Pass a cursor as it was given out for this list, or none to start from the beginning.',
  );

/** A cursor of a list or a history; the name keeps it from being used on another one. */
export function encodeCursor(name: string, position: string | number): string {
  return Buffer.from(JSON.stringify([name, position])).toString('base64url');
}

/** The cursor of one item of a list. */
export function cursorOf(list: CursorList, id: string): string {
  return encodeCursor(nameOf(list), id);
}

/** What a cursor stands for. Throws BAD_CURSOR. */
function decode(name: string, cursor: string): string | number {
  try {
    const [of, position] = cursorSchema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
    if (of === name) return position;
  } catch (cause) {
    if (!(cause instanceof SyntaxError) && !(cause instanceof z.ZodError)) throw cause;
  }
  throw badCursor();
}

/** The sequence number that a cursor continues after; 0 without a cursor. */
export function decodeSeqCursor(name: string, cursor: string | null | undefined): number {
  if (cursor === null || cursor === undefined) return 0;
  const position = decode(name, cursor);
  if (typeof position === 'number') return position;
  throw badCursor();
}

/** The rows to ask for: one more than the page holds, to know whether there is another page. Throws BAD_CURSOR. */
export function toKeyset(list: CursorList, { after, limit }: PageQuery): Keyset {
  const before = after === undefined ? null : decode(nameOf(list), after);
  if (typeof before === 'number') throw badCursor();
  return { before, limit: limit + 1 };
}

/** The page of the rows that were found. */
export function toPage<Row extends { id: string }, Item>(
  list: CursorList,
  rows: readonly Row[],
  { limit }: PageQuery,
  map: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const hasMore = rows.length > limit;
  return { data: shown.map(map), hasMore, nextCursor: hasMore && last ? cursorOf(list, last.id) : null };
}
