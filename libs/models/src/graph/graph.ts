import type { Layer, Shape } from '../layers/layer.js';
import { sizeOf } from '../layers/layer.js';

/** A checked model: a chain of layers with all shapes known. */
export interface ModelGraph {
  readonly name: string;
  readonly inputShape: Shape;
  readonly outputShape: Shape;
  readonly layers: readonly Layer[];
}

/** What people want to know of a model. Shapes are without the batch axis. */
export interface ModelSummary {
  readonly inputShape: number[];
  readonly outputShape: number[];
  readonly parameterCount: number;
  /** How many of them training changes. */
  readonly trainableCount: number;
  readonly layers: { name: string; type: string; outputShape: number[]; parameterCount: number }[];
}

/** Number of values of a layer's parameters. */
export const parameterCount = (layer: Layer): number =>
  layer.parameters.reduce((sum, parameter) => sum + sizeOf(parameter.shape), 0);

/** The table of a model's layers. */
export function summarize(graph: ModelGraph): ModelSummary {
  const layers = graph.layers.map((layer) => ({
    name: layer.name,
    type: layer.type,
    outputShape: [...layer.outputShape],
    parameterCount: parameterCount(layer),
  }));
  const total = layers.reduce((sum, layer) => sum + layer.parameterCount, 0);
  return {
    inputShape: [...graph.inputShape],
    outputShape: [...graph.outputShape],
    parameterCount: total,
    trainableCount: total, // The registry has no layer that can be frozen.
    layers,
  };
}
