// A model as a person reads it.

import type { Model, ModelSummary } from '@gradstream/sdk';
import { tableLines } from './output.js';

/** A shape without its batch axis; a number by itself is (). */
export const shapeText = (shape: readonly number[]): string => `(${shape.join(', ')})`;

/** Layers with shapes and parameters, and what they add up to. */
export function modelLines(
  { id, name, inputShape, outputShape }: Model,
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
    `${id}  ${name}: ${shapeText(inputShape)} → ${shapeText(outputShape)}`,
    ...tableLines(['layer', 'type', 'output', 'parameters', ''], rows),
    `parameters: ${total}, of which ${trainable} are trained and ${frozen} are frozen`,
    `floating-point operations of a sample: ${flops.forward} forward, ${flops.training} in training`,
  ];
}
