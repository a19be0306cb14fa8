import { z } from 'zod';
import { storable } from './text.js';

/** How a list is paged: never by offset, always from a cursor on. */
export const pageQuerySchema = z.strictObject({
  after: z.string().max(500).optional().describe('The nextCursor of the page before'),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});
export type PageQuery = z.infer<typeof pageQuerySchema>;

/** One page of a list. */
export interface Page<T> {
  readonly data: readonly T[];
  readonly hasMore: boolean;
  readonly nextCursor: string | null;
}

/** The schema of a page of `item`. */
export function pageSchema<T extends z.ZodType>(item: T) {
  return z.object({ data: z.array(item), hasMore: z.boolean(), nextCursor: z.string().nullable() });
}

export const timestampSchema = z.iso.datetime({ precision: 3 }).describe('UTC, RFC 3339, milliseconds');
export const nameSchema = z.string().trim().min(1).max(200).check(storable);
