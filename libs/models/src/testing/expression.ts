// Definitions of expression layers for tests.

import { z } from 'zod';
import { expressionConfig } from '../expressions/index.js';

const schema = z.strictObject(expressionConfig);
type Definition = z.infer<typeof schema>;

/** A definition with its defaults. */
export const definitionOf = (given: z.input<typeof schema>): Definition => schema.parse(given);
