// What the outputs of a checkpoint mean, in the metadata of its weights, where targets are by output.

import { z } from 'zod';
import { invalidCheckpoint } from '@gradstream/models';
import type { LearnedOutput } from './learnedOutputs.js';
import { FILE, parsed } from './usage.js';

const schema = z.array(
  z.object({
    name: z.string(),
    task: z.string(),
    columns: z.array(z.string()),
    /** Classes or labels by index; null for numbers. */
    classes: z.array(z.string()).min(1).nullable(),
  }),
);
/** In the order of the model's outputs. */
export type OutputUsage = z.infer<typeof schema>;

/** The metadata of outputs: JSON by name. */
export const describeOutputs = (outputs: OutputUsage): Record<string, string> => ({
  outputs: JSON.stringify(outputs),
});

/**
 * Classes or labels of each output. The only one has those that are given. Throws CHECKPOINT_INVALID when the metadata do
 * not say them.
 */
export function outputClasses(
  metadata: ReadonlyMap<string, string>,
  learned: readonly LearnedOutput[],
  ofOnly: readonly string[] | null,
): (readonly string[] | null)[] {
  const known = parsed(metadata, 'outputs', schema) ?? [];
  return learned.map(({ name }) => {
    if (name === null) return ofOnly;
    const found = known.find((one) => one.name === name);
    if (!found) throw invalidCheckpoint(FILE, `does not say what its output "${name}" means`);
    return found.classes;
  });
}
