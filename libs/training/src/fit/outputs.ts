// The losses and metrics of a model's outputs, from the settings.

import {
  GradstreamError,
  type MetricSettings,
  type OutputLoss,
  type TrainingSettings,
} from '@gradstream/contracts';
import type { Engine, Tensor1D, Variable } from '@gradstream/engine';
import type { GraphNode } from '@gradstream/models';
import { createLossFunction, type LossFunction } from '../losses/index.js';
import { acceptsLogitsOf } from '../losses/logits.js';
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

function refuse(detail: string): never {
  throw new GradstreamError('VALIDATION_FAILED', detail);
}

/** Losses by output, the one of a single output under its name. */
function lossesOf(
  { loss, classWeights }: TrainingSettings,
  names: readonly string[],
): ReadonlyMap<string, OutputLoss> {
  if ('outputs' in loss) {
    const unknown = Object.keys(loss.outputs).find((name) => !names.includes(name));
    if (unknown !== undefined)
      refuse(`A loss names the output "${unknown}", the model has ${names.join(', ')}.`);
    return new Map(Object.entries(loss.outputs));
  }
  const [name = '', ...others] = names;
  if (others.length > 0) refuse(`The model has the outputs ${names.join(', ')}: give each its loss by name.`);
  return new Map([[name, { loss, weight: 1, classWeights }]]);
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
