// What a run takes of its dataset: columns, the target, and how rows are split.

import { z } from 'zod';
import { storable } from '../common/text.js';

export const inputsSchema = z
  .strictObject({
    columns: z
      .array(z.string().min(1).check(storable))
      .min(1)
      .optional()
      .describe('Names or ranges such as p0…p63'),
    all: z.literal(true).optional().describe('Every numeric column but the target'),
    scale: z.enum(['none', 'minmax', 'standardize']).default('none'),
  })
  .refine((input) => (input.columns === undefined) !== (input.all === undefined), {
    message: 'needs either columns or all: true',
  });

export const taskSchema = z
  .enum(['classification', 'binary', 'regression'])
  .describe('binary: two classes, of which the second one is predicted by one unit');
export type Task = z.infer<typeof taskSchema>;

export const targetSchema = z.strictObject({ column: z.string().min(1).check(storable), task: taskSchema });

export const splitSchema = z
  .strictObject({
    train: z.number().gt(0).lt(1).default(0.8),
    validation: z.number().gt(0).lt(1).default(0.2),
    by: z.enum(['random', 'sequential']).default('random'),
    seed: z
      .int()
      .min(0)
      .max(2 ** 31 - 1)
      .default(1),
  })
  .refine((split) => split.train + split.validation <= 1 + 1e-9, {
    message: 'train and validation add up to more than 1',
  });
