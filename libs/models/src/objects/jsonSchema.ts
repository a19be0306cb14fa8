// JSON Schema (draft 2020-12) of what a zod schema reads. Where a schema reads any value by code of its own, its `meta` says
// in JSON Schema which forms it takes.

import { z } from 'zod';

export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** The schema of what is given, before defaults are filled in; shared parts are in its `$defs`. */
export function toJsonSchema(schema: z.ZodType): JsonSchema {
  const json: JsonSchema = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  delete json.$schema; // It is a part of another one.
  return json;
}
