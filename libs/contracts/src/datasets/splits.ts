import { z } from 'zod';
import { storable } from '../common/text.js';

const values = z.array(z.string().max(1000).check(storable)).min(1).max(1000);
const shares = {
  train: z.number().gt(0).lt(1).default(0.8),
  validation: z.number().gt(0).lt(1).default(0.2),
};
const seed = z
  .int()
  .min(0)
  .max(2 ** 31 - 1)
  .default(1);

/** Which rows are trained on, and which validate. */
export const rowSplitSchema = z
  .discriminatedUnion('by', [
    z.strictObject({ by: z.literal('random'), ...shares, seed }),
    z.strictObject({ by: z.literal('sequential'), ...shares }),
    z.strictObject({ by: z.literal('stratified'), ...shares, seed, column: z.string().min(1) }),
    z.strictObject({ by: z.literal('column'), column: z.string().min(1), train: values, validation: values }),
  ])
  .refine(
    (split) => split.by === 'column' || split.train + split.validation <= 1 + 1e-9,
    'train and validation add up to more than 1',
  );
export type RowSplit = z.infer<typeof rowSplitSchema>;
