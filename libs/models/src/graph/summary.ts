import { countValues, type ModelGraph } from './graph.js';

/** What people want to know of a model. Shapes are without the batch axis. */
export interface ModelSummary {
  readonly inputShape: number[];
  readonly outputShape: number[];
  readonly parameterCount: number;
  /** How many of them training changes. */
  readonly trainableCount: number;
  /** Layers in the order of their first call; the shape is that of the first output of it. */
  readonly layers: { name: string; type: string; outputShape: number[]; parameterCount: number }[];
}

/** The table of a model's layers. */
export function summarize({ layers, nodes, inputShape, outputShape }: ModelGraph): ModelSummary {
  const rows = layers.map((layer) => ({
    name: layer.name,
    type: layer.type,
    outputShape: [...(nodes.find((node) => node.layer === layer)?.plan.outputs[0] ?? [])],
    parameterCount: countValues(layer.weights),
  }));
  const weights = layers.flatMap((layer) => layer.weights);
  return {
    inputShape: [...inputShape],
    outputShape: [...outputShape],
    parameterCount: countValues(weights),
    trainableCount: countValues(weights.filter(({ trainable }) => trainable)),
    layers: rows,
  };
}
