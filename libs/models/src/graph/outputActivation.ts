import type { Activation } from '../activations/index.js';
import { producerOf, type GraphNode, type ModelGraph } from './graph.js';

/** Layers that leave values as they are, or move them only. */
export const MOVING = new Set(['Flatten', 'Reshape', 'Permute', 'Dropout', 'Identity', 'RepeatVector']);

/** The call that changed a value last, and is not a mere move; none for a model's input. */
export function changedBy(graph: ModelGraph, from: number | undefined): GraphNode | undefined {
  let value = from;
  while (value !== undefined) {
    const node = producerOf(graph, value);
    if (!node || !MOVING.has(node.layer.type)) return node;
    value = node.inputs[0];
  }
  return undefined;
}

/**
 * The activation of a model's output, `linear` included: that of the last layer that changes values. Null where it is not
 * known, such as after a sum, pooling, a recurrent layer or an Expression.
 */
export const outputActivation = (graph: ModelGraph, output = 0): Activation | null =>
  changedBy(graph, graph.outputs[output]?.value)?.plan.finalActivation ?? null;
