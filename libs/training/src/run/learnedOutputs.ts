// The outputs of a run's model with their targets, in the order of the model: the loop and answers have them so.

import { outputsOf, type RunOutput, type RunSpec } from '@gradstream/contracts';
import type { ModelGraph } from '@gradstream/models';

export interface LearnedOutput extends RunOutput {
  /** Its place among the model's. */
  readonly index: number;
  /** Of one sample. */
  readonly shape: readonly number[];
}

/** The parts of a spec that say it. */
export type LearnedSpec = Pick<RunSpec, 'target' | 'loss'> &
  Partial<Pick<RunSpec, 'classWeights' | 'metrics'>>;

/** Of a complete spec, whose check saw that each output of the model has a target and a loss. */
export function learnedOutputs(spec: LearnedSpec, graph: ModelGraph): LearnedOutput[] {
  const outputs = outputsOf(spec);
  return graph.outputs.map(({ name, shape }, index) => {
    const found = outputs.find((one) => one.name === null || one.name === name);
    if (!found) throw new Error(`the output "${name}" has no target and loss, and the run was not refused`);
    return { ...found, index, shape };
  });
}

/** The columns of an output's target, and how many classes its check counted. */
export function targetColumnsOf(
  spec: RunSpec,
  { name, target }: RunOutput,
): { columns: readonly string[]; classCount: number | null } {
  if (name !== null) {
    const found = spec.outputTargets?.find(({ output }) => output === name);
    if (!found) throw new Error(`the spec has no columns for the target of "${name}"`);
    return found;
  }
  const { targetColumns, classCount } = spec;
  const columns = targetColumns.length > 0 || target.column === undefined ? targetColumns : [target.column];
  return { columns, classCount };
}
