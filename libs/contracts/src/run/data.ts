// What a run takes of its dataset: columns and how they become numbers, the target, and how rows are split.

import { z } from 'zod';
import { storable } from '../common/text.js';
import { imageDefaults, tokenSettings } from '../datasets/preprocessing.js';

const columnName = z.string().min(1).check(storable);
const pixels = z.int().min(1).max(4096);

/** What becomes of a missing value; `constant` is a number or a text, as the column is. */
const missingSchema = z
  .union([
    z.enum(['refuse', 'drop', 'mean', 'median', 'mostFrequent']),
    z.strictObject({ constant: z.union([z.number(), z.string().max(1000).check(storable)]) }),
  ])
  .default('refuse')
  .describe('drop leaves the row out; mean and median of a column of texts are its most frequent value');

/** How columns become numbers. */
export const encodings = ['auto', 'number', 'oneHot', 'label', 'tokens', 'image', 'array'] as const;

export const inputsSchema = z
  .strictObject({
    name: z
      .string()
      .min(1)
      .max(200)
      .check(storable)
      .optional()
      .describe("The model's input that it is for; without names they are in the model's order"),
    columns: z.array(columnName).min(1).optional().describe('Names or ranges such as p0…p63'),
    all: z
      .literal(true)
      .optional()
      .describe('Every numeric column but the target; where there is none, the only other column'),
    scale: z.enum(['none', 'minmax', 'standardize']).default('none').describe('Of numbers and arrays'),
    missing: missingSchema,
    encode: z
      .enum(encodings)
      .default('auto')
      .describe(
        'auto: numbers and timestamps as numbers; categories as a label where the input takes one value, else one-hot; texts as token ids; images; arrays',
      ),
    tokens: z
      .strictObject({
        lowercase: tokenSettings.lowercase,
        split: tokenSettings.split,
        maxLength: tokenSettings.maxLength
          .optional()
          .describe("The length of the model's input, unless said otherwise"),
        padding: tokenSettings.padding,
        vocabularySize: z
          .int()
          .min(3)
          .max(1_000_000)
          .optional()
          .describe('Ids at most; as many as the Embedding takes, else 10,000'),
      })
      .optional(),
    image: z
      .strictObject({
        height: pixels.optional().describe("That of the model's input, unless said otherwise"),
        width: pixels.optional(),
        offset: z.number().default(imageDefaults.offset),
        factor: z.number().default(imageDefaults.factor).describe('A pixel x becomes (x - offset) · factor'),
      })
      .optional(),
  })
  .refine((input) => (input.columns === undefined) !== (input.all === undefined), {
    message: 'needs either columns or all: true',
  });
export type RunInput = z.infer<typeof inputsSchema>;

export const taskSchema = z
  .enum(['classification', 'binary', 'multilabel', 'regression'])
  .describe(
    'binary: two classes, of which the second one is predicted by one unit; multilabel: zeros and ones',
  );
export type Task = z.infer<typeof taskSchema>;

export const targetSchema = z
  .strictObject({
    column: columnName.optional(),
    columns: z
      .array(columnName)
      .min(1)
      .max(10_000)
      .optional()
      .describe('Several, or ranges, of a multilabel or a regression'),
    task: taskSchema,
    missing: z.enum(['refuse', 'drop']).default('refuse').describe('drop leaves out rows without a target'),
  })
  .refine((target) => (target.column === undefined) !== (target.columns === undefined), {
    path: ['column'],
    message: 'needs either column or columns',
    when: ({ value }) => typeof value === 'object' && value !== null, // Said beside other mistakes, not after them.
  });
export type RunTarget = z.infer<typeof targetSchema>;

const classValues = z.array(z.string().max(1000).check(storable)).min(1).max(1000);

export const splitSchema = z
  .strictObject({
    by: z
      .enum(['random', 'sequential', 'stratified', 'column'])
      .default('random')
      .describe('stratified: each class has its share; column: by the values that a column has'),
    train: z
      .union([z.number().gt(0).lt(1), classValues])
      .default(0.8)
      .describe('A share of the rows; of a split by column, the values of the rows'),
    validation: z.union([z.number().gt(0).lt(1), classValues]).default(0.2),
    column: columnName
      .optional()
      .describe('Of a split by column; of a stratified one the target, unless said otherwise'),
    seed: z
      .int()
      .min(0)
      .max(2 ** 31 - 1)
      .default(1),
  })
  .superRefine(({ by, train, validation, column }, context) => {
    const problem = (key: string, message: string): void => {
      context.addIssue({ code: 'custom', path: [key], message });
    };
    for (const [key, part] of Object.entries({ train, validation })) {
      if (by === 'column' && !Array.isArray(part)) problem(key, 'needs the values of a split by column');
      if (by !== 'column' && Array.isArray(part)) problem(key, `needs a share of the rows with by: "${by}"`);
    }
    if (by === 'column' && column === undefined) problem('column', 'is needed for a split by column');
    if ((by === 'random' || by === 'sequential') && column !== undefined)
      problem('column', `is not used with by: "${by}"`);
    if (typeof train === 'number' && typeof validation === 'number' && train + validation > 1 + 1e-9)
      problem('train', 'train and validation add up to more than 1');
  });
export type SplitSettings = z.infer<typeof splitSchema>;
