import { sql, type RawBuilder } from 'kysely';
import type { Json } from './generated/schema.js';

/** Escapes of a JSON text, so that a backslash that is escaped itself begins none. */
const ESCAPE = /\\(?:u[0-9a-f]{4}|.)/g;
/** Those that jsonb refuses: U+0000, and halves of surrogate pairs, which JSON.stringify escapes. */
const REFUSED = /^\\u(?:0000|d[89a-f][0-9a-f]{2})$/;

/** A JSON text that jsonb takes: what it refuses becomes U+FFFD, the replacement character. */
export function toJsonText(value: unknown): string {
  return JSON.stringify(value).replace(ESCAPE, (escape) => (REFUSED.test(escape) ? '\ufffd' : escape));
}

/** A value for a jsonb column; an array would otherwise become a Postgres array. */
export function jsonb(value: unknown): RawBuilder<Json> {
  return sql<Json>`${toJsonText(value)}::jsonb`;
}
