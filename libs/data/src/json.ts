import { sql, type RawBuilder } from 'kysely';
import type { Json } from './generated/schema.js';

/** A value for a jsonb column; an array would otherwise become a Postgres array. */
export function jsonb(value: unknown): RawBuilder<Json> {
  return sql<Json>`${JSON.stringify(value)}::jsonb`;
}
