// A model in numbers, layer by layer.

import type { Activation } from '../activations/index.js';
import { countValues, type DataType, type ModelGraph } from '../graph/graph.js';
import { outputActivation } from '../graph/outputActivation.js';
import type { Shape, WeightSpec } from '../layers/layer.js';

export interface ParameterCounts {
  readonly total: number;
  /** Changed by gradients. */
  readonly trainable: number;
  /** The others: of frozen layers, and statistics. */
  readonly frozen: number;
}

export interface LayerDescription {
  readonly name: string;
  readonly type: string;
  /** Of the first output of its first call. */
  readonly outputShape: Shape;
  readonly calls: number;
  readonly parameters: ParameterCounts;
  /** Of all its calls, forward, for one sample. */
  readonly flops: number;
}

export interface ModelDescription {
  readonly inputs: readonly { readonly name: string; readonly shape: Shape; readonly type: DataType }[];
  readonly outputs: readonly {
    readonly name: string;
    readonly shape: Shape;
    /** Null where it is not known, such as that of a sum. */
    readonly activation: Activation | null;
  }[];
  readonly parameters: ParameterCounts;
  /** Names of the layers that are set not to train, themselves or by a model around them, and have weights. */
  readonly frozenLayers: readonly string[];
  /** Floating-point operations for one sample; a multiply-add is two. */
  readonly flops: {
    readonly forward: number;
    /**
     * Of a training step: by convention three times the forward pass, for the gradients of inputs and of weights cost
     * about as much each (Kaplan et al., Scaling Laws for Neural Language Models, 2020, section 2.1). Less where layers
     * are frozen, more with activation checkpointing, which runs segments forward twice.
     */
    readonly training: number;
  };
  /** In the order of their first call. */
  readonly layers: readonly LayerDescription[];
}

const TRAINING_FACTOR = 3;

function countParameters(weights: readonly WeightSpec[]): ParameterCounts {
  const total = countValues(weights);
  const trainable = countValues(weights.filter((weight) => weight.trainable));
  return { total, trainable, frozen: total - trainable };
}

export function describeModel(graph: ModelGraph): ModelDescription {
  const calls = Map.groupBy(graph.nodes, ({ layer }) => layer);
  const layers = graph.layers.map((layer): LayerDescription => {
    const own = calls.get(layer) ?? [];
    return {
      name: layer.name,
      type: layer.type,
      outputShape: own[0]?.plan.outputs[0] ?? [],
      calls: own.length,
      parameters: countParameters(layer.weights),
      flops: own.reduce((sum, { plan }) => sum + plan.flops, 0),
    };
  });
  const forward = layers.reduce((sum, { flops }) => sum + flops, 0);
  const frozen = graph.layers.filter(({ trainable, weights }) => !trainable && weights.length > 0);
  return {
    inputs: graph.inputs.map(({ name, shape, type }) => ({ name, shape, type })),
    outputs: graph.outputs.map(({ name, shape }, index) => ({
      name,
      shape,
      activation: outputActivation(graph, index),
    })),
    parameters: countParameters(graph.layers.flatMap(({ weights }) => weights)),
    frozenLayers: frozen.map(({ name }) => name),
    flops: { forward, training: TRAINING_FACTOR * forward },
    layers,
  };
}
