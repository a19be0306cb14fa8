// InputLayer: no layer that computes, but where shapes begin.

import { noteKnownKeys } from '@gradstream/contracts';
import { z } from 'zod';
import type { DataType } from '../graph/graph.js';
import type { Shape } from './layer.js';
import { kerasName, tooWide } from './schemas.js';

/** What is said of a length that is null. */
export const OPEN_LENGTH =
  'is open (null), and shapes are set before training: give the length that all samples have, or that they are padded or cut to';

/** Length of an axis of an input. */
export const axisLength = z
  .int({ error: ({ input }) => (input === null ? OPEN_LENGTH : undefined) })
  .positive();

const batchShape = z
  .tuple([z.null({ error: 'the batch size must be null: the run sets it' })], axisLength)
  .refine((shape) => shape.length > 1, 'needs at least one axis besides the batch')
  .transform((shape): Shape => shape.slice(1).map(Number));

const INTEGERS = ['int8', 'uint8', 'int16', 'uint16', 'int32', 'int64'] as const;

/** What an InputLayer may say, under the names of Keras 2 and 3. */
export const inputSettings = z.strictObject({
  name: kerasName,
  trainable: z.boolean().optional(),
  dtype: z
    .enum(['float32', ...INTEGERS], { error: 'an input is float32 or of integers' })
    .nullish()
    .transform((type): DataType =>
      type === undefined || type === null || type === 'float32' ? 'float32' : 'int32',
    ),
  batch_shape: batchShape.optional(),
  batch_input_shape: batchShape.optional(),
  shape: z.array(axisLength).min(1).optional(),
  sparse: z.literal(false, { error: 'sparse inputs are not supported' }).optional(),
  ragged: z.literal(false, { error: 'ragged inputs are not supported' }).optional(),
  optional: z.literal(false, { error: 'optional inputs are not supported' }).optional(),
});

export type ReadInput =
  | { readonly ok: true; readonly shape: Shape | null; readonly type: DataType; readonly issues: readonly [] }
  | {
      readonly ok: false;
      readonly shape: null;
      readonly type: DataType;
      readonly issues: readonly z.core.$ZodIssue[];
    };

/** Shape and type of an input; the shape is null when it is not given. */
export function readInput(given: unknown): ReadInput {
  const refused = tooWide(given);
  if (refused) return { ok: false, shape: null, type: 'float32', issues: [refused] };
  const { success, data, error } = inputSettings.safeParse(given, { error: noteKnownKeys });
  if (!success) return { ok: false, shape: null, type: 'float32', issues: error.issues };
  const shape = data.batch_shape ?? data.batch_input_shape ?? data.shape ?? null;
  return { ok: true, shape, type: data.dtype, issues: [] };
}
