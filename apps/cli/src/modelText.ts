// A model as a person reads it.

import type { Model, ModelSummary, TensorSpec } from '@gradstream/sdk';
import { tableLines } from './table.js';

/** A shape without its batch axis; a number by itself is (). */
export const shapeText = (shape: readonly number[]): string => `(${shape.join(', ')})`;

/** Inputs or outputs of a model: `pixels (28, 28, 1) float32, word (10) int32`. */
export const tensorsText = (tensors: readonly TensorSpec[]): string =>
  tensors.map(({ name, shape, dtype }) => `${name} ${shapeText(shape)} ${dtype}`).join(', ');

/** Layers with shapes and parameters, and what they add up to. */
export function modelLines(
  { id, name, inputs, outputs }: Model,
  { layers, parameters, flops, frozenLayers }: ModelSummary,
): string[] {
  const rows = layers.map((layer) => [
    layer.name,
    layer.type,
    shapeText(layer.outputShape),
    String(layer.parameterCount),
    frozenLayers.includes(layer.name) ? 'frozen' : '',
  ]);
  const { total, trainable, frozen } = parameters;
  return [
    `${id}  ${name}`,
    `inputs: ${tensorsText(inputs)}`,
    `outputs: ${tensorsText(outputs)}`,
    ...tableLines(['layer', 'type', 'output', 'parameters', ''], rows),
    `parameters: ${total}, of which ${trainable} are trained and ${frozen} are frozen`,
    `floating-point operations of a sample: ${flops.forward} forward, ${flops.training} in training`,
  ];
}
