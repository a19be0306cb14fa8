// The losses and metrics of a model's outputs, from the settings.

import {
  GradstreamError,
  toPointer,
  type MetricSettings,
  type OutputLoss,
  type ProblemItem,
  type TrainingSettings,
} from '@gradstream/contracts';
import type { Engine, Tensor1D, Variable } from '@gradstream/engine';
import type { GraphNode, ModelGraph } from '@gradstream/models';
import { createLossFunction, type LossFunction } from '../losses/index.js';
import { acceptsLogitsOf } from '../losses/logits.js';
import { classCountOf } from '../losses/targets.js';
import { Metrics } from '../metrics/index.js';
import type { Network } from '../network/network.js';

/** An output that has a loss. */
export interface TrainedOutput {
  readonly name: string;
  /** Its place among the model's. */
  readonly index: number;
  readonly loss: LossFunction;
  readonly weight: number;
  readonly classWeights: Tensor1D | null;
  /** The call whose activation the loss takes over; null when it takes the output as it is. */
  readonly without: GraphNode | null;
  readonly metrics: readonly MetricSettings[];
}

/** Losses by output, the one of a single output under its name. */
function lossesOf(
  { loss, classWeights }: TrainingSettings,
  names: readonly string[],
): ReadonlyMap<string, OutputLoss> {
  if ('outputs' in loss) return new Map(Object.entries(loss.outputs));
  return new Map([[names[0] ?? '', { loss, weight: 1, classWeights }]]);
}

/** Class weights that are not one for each class of an output. */
function classWeightProblems(
  { outputs }: Pick<ModelGraph, 'outputs'>,
  settings: TrainingSettings,
): ProblemItem[] {
  const byOutput = 'outputs' in settings.loss;
  const losses = lossesOf(
    settings,
    outputs.map(({ name }) => name),
  );
  return outputs.flatMap(({ name, shape }): ProblemItem[] => {
    const { loss, classWeights = null } = losses.get(name) ?? {};
    if (!loss || !classWeights) return [];
    const count = classCountOf(loss, shape);
    if (count === classWeights.length) return [];
    const pointer = byOutput ? toPointer(['loss', 'outputs', name, 'classWeights']) : '/classWeights';
    const message = `${classWeights.length} class weights, and ${count === null ? 'no classes' : `${count} classes`} of ${loss.name} at the output "${name}"`;
    const hint = count === null ? 'Leave them out, or weigh samples' : 'Give one for each class';
    return [{ pointer, code: 'classWeights', message, hint }];
  });
}

/** Throws VALIDATION_FAILED, with a pointer into the settings, for losses and metrics that are not of the model's outputs. */
export function checkOutputs({ outputs }: ModelGraph, settings: TrainingSettings): void {
  const names = outputs.map(({ name }) => name);
  const { loss, metrics, classWeights } = settings;
  const known = names.map((name) => `"${name}"`).join(', ');
  const losses = 'outputs' in loss ? Object.keys(loss.outputs) : names;
  const problems: ProblemItem[] = [];
  const add = (pointer: string, message: string, hint: string): void => {
    problems.push({ pointer, code: 'unfitOutput', message, hint });
  };
  if (!('outputs' in loss) && names.length > 1)
    add('/loss', `one loss, and the outputs ${known}`, 'Give each output its loss by name: {"outputs": {…}}');
  if (losses.length === 0) add('/loss/outputs', 'no output has a loss', `Give one a loss: ${known}`);
  for (const name of losses)
    if (!names.includes(name))
      add(toPointer(['loss', 'outputs', name]), `the model has no output "${name}"`, `It has ${known}`);
  if ('outputs' in loss && classWeights)
    add('/classWeights', 'class weights of no output', 'Put them beside the loss of their output');
  if ('outputs' in metrics) {
    for (const name of Object.keys(metrics.outputs)) {
      const pointer = toPointer(['metrics', 'outputs', name]);
      if (!names.includes(name)) add(pointer, `the model has no output "${name}"`, `It has ${known}`);
      else if (!losses.includes(name))
        add(pointer, `the output "${name}" has metrics and no loss`, 'Give it a loss; its weight may be 0');
    }
  } else if (metrics.length > 0 && names.length > 1)
    add(
      '/metrics',
      `metrics of no output, and the outputs ${known}`,
      'Name them by output: {"outputs": {…}}',
    );
  if (problems.length === 0) problems.push(...classWeightProblems({ outputs }, settings));
  if (problems.length === 0) return;
  const [first] = problems;
  const detail = `The losses and metrics do not fit the model's outputs: ${first?.message ?? ''}. ${first?.hint ?? ''}.`;
  throw new GradstreamError('VALIDATION_FAILED', detail, { errors: problems });
}

/** The outputs that are trained, in the order of the model's. Class weights are variables of the caller's to dispose. */
export function trainedOutputs(gs: Engine, network: Network, settings: TrainingSettings): TrainedOutput[] {
  const names = network.graph.outputs.map(({ name }) => name);
  const losses = lossesOf(settings, names);
  const { metrics } = settings;
  const metricsOf = (name: string): readonly MetricSettings[] =>
    'outputs' in metrics ? (metrics.outputs[name] ?? []) : name === names[0] ? metrics : [];
  return network.graph.outputs.flatMap(({ name }, index) => {
    const output = losses.get(name);
    if (!output) return [];
    const final = network.finalCall(index);
    const accepted = acceptsLogitsOf(output.loss);
    const fused = final !== null && accepted !== null && final.plan.finalActivation === accepted;
    return [
      {
        name,
        index,
        loss: createLossFunction(gs, output.loss, { fused }),
        weight: output.weight,
        classWeights: output.classWeights && classWeightsOf(gs, output.classWeights),
        without: fused ? final : null,
        metrics: metricsOf(name),
      },
    ];
  });
}

/** As a variable, because a constant of many classes would be frozen into the step. */
function classWeightsOf(gs: Engine, weights: readonly number[]): Tensor1D {
  return gs.tf.tidy((): Variable => gs.variable(gs.tf.tensor1d([...weights]), false)) as Tensor1D;
}

/** Metrics of these outputs, each call with sums of its own. */
export function metricsOf(network: Network, outputs: readonly TrainedOutput[]): Metrics {
  return new Metrics(
    new Map(
      outputs.map(({ name, index, loss, metrics }) => [
        name,
        { loss, metrics, shape: network.graph.outputs[index]?.shape ?? [] },
      ]),
    ),
  );
}
