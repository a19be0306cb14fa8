// What the outputs of a checkpoint mean, in the metadata of its weights.

import { invalidCheckpoint } from '@gradstream/models';
import { z } from 'zod';
import type { LearnedOutput } from './learnedOutputs.js';
import { metadataValue, WEIGHTS_FILE } from './metadata.js';
import type { PreparedOutput } from './prepare.js';

const outputSchema = z.object({
  name: z.string(),
  task: z.string(),
  columns: z.array(z.string()),
  /** Classes or labels by index; null for numbers. */
  classes: z.array(z.string()).min(1).nullable(),
});
/** In the order of the model's outputs, where targets are by output. */
const outputsSchema = z.array(outputSchema);

type DescribedOutput = Pick<PreparedOutput, 'name' | 'target' | 'columns' | 'classes'>;

/** The classes of an output; the labels of several columns are the columns. */
const classesOf = ({ classes, target, columns }: DescribedOutput): readonly string[] | null =>
  classes ?? (target.task === 'multilabel' ? columns : null);

/** JSON by name: `classes` of the only output, or `outputs`, each by its name. */
export function describeOutputs(outputs: readonly DescribedOutput[]): Record<string, string> {
  const named = outputs.flatMap((output): z.infer<typeof outputsSchema> => {
    const { name, target, columns } = output;
    const classes = classesOf(output);
    if (name === null) return [];
    return [{ name, task: target.task, columns: [...columns], classes: classes && [...classes] }];
  });
  if (named.length > 0) return { outputs: JSON.stringify(named) };
  const classes = outputs[0] ? classesOf(outputs[0]) : null;
  return classes ? { classes: JSON.stringify(classes) } : {};
}

/**
 * Classes or labels of each output. The only one has those that are given. Throws CHECKPOINT_INVALID when the metadata do
 * not say them.
 */
export function outputClasses(
  metadata: ReadonlyMap<string, string>,
  learned: readonly LearnedOutput[],
  ofOnly: readonly string[] | null,
): (readonly string[] | null)[] {
  const known = metadataValue(metadata, 'outputs', outputsSchema) ?? [];
  return learned.map(({ name }) => {
    if (name === null) return ofOnly;
    const found = known.find((one) => one.name === name);
    if (!found) throw invalidCheckpoint(WEIGHTS_FILE, `does not say what its output "${name}" means`);
    return found.classes;
  });
}
