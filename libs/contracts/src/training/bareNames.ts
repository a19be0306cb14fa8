// Settings such as losses are objects with a name, or the name alone. What turns the name into the object is code, which no
// JSON Schema shows: the names are found by trying them.

import { z } from 'zod';
import { lossAbbreviations } from './losses.js';

type Context = Parameters<NonNullable<z.core.ToJSONSchemaParams['override']>>[0];
type Json = z.core.JSONSchema.BaseSchema;

/** The name that a variant of a union is told by. */
function nameOf({ properties }: Json): string | null {
  const name = properties?.['name'];
  return typeof name === 'object' && typeof name.const === 'string' ? name.const : null;
}

/** Adds to a union of objects with names, which code stands before, the names that it takes for objects. */
export function addBareNames({ zodSchema, jsonSchema }: Context): void {
  const { def } = zodSchema._zod;
  const { oneOf } = jsonSchema;
  if (def.type !== 'pipe' || def.in._zod.def.type !== 'transform' || oneOf === undefined) return;
  const names = oneOf.flatMap((variant) => nameOf(variant) ?? []);
  const takes = (given: unknown): boolean => z.safeParse(zodSchema, given).success;
  const short = lossAbbreviations.filter((name) => takes({ name }));
  const bare = [...names, ...short].filter(takes);
  delete jsonSchema.oneOf;
  jsonSchema.anyOf = [
    { enum: bare },
    { oneOf },
    ...(short.length > 0
      ? [{ type: 'object' as const, required: ['name'], properties: { name: { enum: short } } }]
      : []),
  ];
}
