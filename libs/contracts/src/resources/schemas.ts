import { z } from 'zod';

/** A JSON Schema, draft 2020-12, as an object: it says what it is in its own terms. */
export const jsonSchemaSchema = z
  .record(z.string(), z.unknown())
  .meta({ id: 'JsonSchema', description: 'A JSON Schema, draft 2020-12' });
export type JsonSchemaDocument = z.infer<typeof jsonSchemaSchema>;
