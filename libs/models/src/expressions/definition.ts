// The definition of an expression layer as data.

import { z } from 'zod';
import { initializerSchema } from '../initializers/index.js';
import { regularizerSchema } from '../regularizers/index.js';
import { limits } from './limits.js';
import { nameProblem } from './program/names.js';

/** Looks at the keys before a record is made of them, for zod leaves `__proto__` out without a word. */
function named<Value extends z.ZodType>(value: Value, most: number) {
  const record = z.record(z.string(), value);
  return z.preprocess((input, context) => {
    if (typeof input !== 'object' || input === null) return input;
    const names = Object.keys(input);
    for (const name of names) {
      const problem = nameProblem(name);
      if (problem !== null) {
        context.addIssue({ code: 'custom', path: [name], message: `the name ${problem}` });
      }
    }
    if (names.length > most) {
      context.addIssue({ code: 'custom', message: `has ${names.length} entries, the limit is ${most}` });
    }
    // A store of JSON may change the order of keys: nothing follows from it.
    return Object.fromEntries(Object.entries(input).toSorted(([a], [b]) => (a < b ? -1 : 1)));
  }, record);
}

const nameSchema = z.string().superRefine((name, context) => {
  const problem = nameProblem(name);
  if (problem !== null) context.addIssue({ code: 'custom', message: `the name ${problem}` });
});
/** Its length is checked with its syntax. */
const formulaSchema = z.string();

/** A length, or its name: "features", or that of a whole number of `config`. */
const lengthSchema = z.union([z.int().positive().max(limits.values), z.string()], {
  error: 'must be a positive whole number, "features" or a name of config',
});

const parameterSchema = z.strictObject({
  /** [] for a single number; the batch has no part in it. */
  shape: z.array(lengthSchema).max(limits.rank),
  initializer: initializerSchema,
  trainable: z.boolean().default(true),
  regularizer: regularizerSchema.nullish(),
});

/** What an Expression's config holds besides the settings that all layers share. */
export const expressionConfig = {
  inputs: z.array(nameSchema).min(1).max(limits.inputs),
  parameters: named(parameterSchema, limits.parameters).default({}),
  config: named(z.number(), limits.config).default({}),
  let: z
    .array(z.strictObject({ name: nameSchema, formula: formulaSchema }))
    .max(limits.definitions)
    .default([]),
  formula: formulaSchema,
  backward: z
    .union([z.literal('straightThrough'), named(formulaSchema, limits.inputs + limits.parameters)], {
      error: 'must be "straightThrough", or a formula for each input and trainable parameter by its name',
    })
    .nullish(),
};

/** A definition with all defaults filled in. */
export type ExpressionDefinition = z.infer<z.ZodObject<typeof expressionConfig>>;
