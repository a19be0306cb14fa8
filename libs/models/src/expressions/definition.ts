// The definition of an expression layer as data.

import { z } from 'zod';
import { limits } from './limits.js';
import { nameProblem } from './program/names.js';

/** Schemas of what other parts of the library define, and the settings that all layers share. */
export interface DefinitionParts<Initializer, Regularizer> {
  readonly initializer: z.ZodType<Initializer>;
  readonly regularizer: z.ZodType<Regularizer>;
}

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
    return input;
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

/** What an Expression's `config` holds besides the settings that all layers share. */
export function expressionShape<Initializer, Regularizer>({
  initializer,
  regularizer,
}: DefinitionParts<Initializer, Regularizer>) {
  const parameter = z.strictObject({
    /** [] for a single number; the batch has no part in it. */
    shape: z.array(lengthSchema).max(limits.rank),
    initializer,
    trainable: z.boolean().default(true),
    regularizer: regularizer.optional(),
  });
  return {
    inputs: z.array(nameSchema).min(1).max(limits.inputs),
    parameters: named(parameter, limits.parameters).default({}),
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
}

/** One parameter of a definition. */
export interface ParameterDefinition<Initializer = unknown, Regularizer = unknown> {
  readonly shape: readonly (number | string)[];
  readonly initializer: Initializer;
  readonly trainable: boolean;
  readonly regularizer?: Regularizer | undefined;
}

/** A definition with all defaults filled in. */
export interface ExpressionDefinition<Initializer = unknown, Regularizer = unknown> {
  readonly inputs: readonly string[];
  readonly parameters: Readonly<Record<string, ParameterDefinition<Initializer, Regularizer>>>;
  readonly config: Readonly<Record<string, number>>;
  readonly let: readonly { readonly name: string; readonly formula: string }[];
  readonly formula: string;
  readonly backward?: 'straightThrough' | Readonly<Record<string, string>> | null | undefined;
}
