// What points of metrics and of gradients have in common, and batches of them.

import { z } from 'zod';
import { timestampSchema } from '../common/pages.js';

/** Where in a run's history a point stands. */
export const placeShape = {
  seq: z.int(),
  attempt: z.int(),
  step: z.int(),
  epoch: z.int(),
  time: timestampSchema,
};

/** Points after a cursor. `rewoundTo`: discard what you hold of later steps. `done`: nothing will follow. */
export const batchShape = <Point extends z.ZodType>(point: Point) => ({
  points: z.array(point),
  cursor: z.string(),
  rewoundTo: z.int().nullable(),
  done: z.boolean(),
});
