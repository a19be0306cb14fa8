import type { Activation } from '../activations/index.js';
import { producerOf, type ModelGraph } from './graph.js';

/** Layers that leave values as they are, or move them only. */
export const MOVING = new Set(['Flatten', 'Reshape', 'Permute', 'Dropout', 'Identity', 'RepeatVector']);

/** The activation of a model's output: that of the last layer that changes values. */
export function outputActivation(graph: ModelGraph, output = 0): Activation {
  let value = graph.outputs[output]?.value;
  while (value !== undefined) {
    const node = producerOf(graph, value);
    if (!node || !MOVING.has(node.layer.type)) return node?.plan.finalActivation ?? 'linear';
    value = node.inputs[0];
  }
  return 'linear';
}
