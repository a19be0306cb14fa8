import { countValues, type DataType, type ModelGraph } from './graph.js';

interface TensorSpec {
  readonly name: string;
  readonly shape: number[];
  readonly dtype: DataType;
}

/** What people want to know of a model. Shapes are without the batch axis. */
export interface ModelSummary {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
  /** Of the first input, and of the first output. */
  readonly inputShape: number[];
  readonly outputShape: number[];
  readonly parameterCount: number;
  /** How many of them training changes. */
  readonly trainableCount: number;
  /** Layers in the order of their first call; the shape is that of the first output of it. */
  readonly layers: { name: string; type: string; outputShape: number[]; parameterCount: number }[];
}

/** The table of a model's layers. */
export function summarize({
  layers,
  nodes,
  inputs,
  outputs,
  inputShape,
  outputShape,
}: ModelGraph): ModelSummary {
  const rows = layers.map((layer) => ({
    name: layer.name,
    type: layer.type,
    outputShape: [...(nodes.find((node) => node.layer === layer)?.plan.outputs[0] ?? [])],
    parameterCount: countValues(layer.weights),
  }));
  const weights = layers.flatMap((layer) => layer.weights);
  return {
    inputs: inputs.map(({ name, shape, type }) => ({ name, shape: [...shape], dtype: type })),
    outputs: outputs.map(({ name, shape }) => ({ name, shape: [...shape], dtype: 'float32' })), // As all values but ids.
    inputShape: [...inputShape],
    outputShape: [...outputShape],
    parameterCount: countValues(weights),
    trainableCount: countValues(weights.filter(({ trainable }) => trainable)),
    layers: rows,
  };
}
