// Keras counts the calls of a nested model from 1, for the model's own graph is its first one: Keras 2 and TensorFlow.js
// everywhere, Keras 3 where a Functional model's result is an output. Here calls are counted from 0.

import type { GraphDefinition, LayerDefinition, TensorReference } from '../definition/definition.js';
import type { Dialect } from './keras2Config.js';

/** Every reference of a graph changed: those of calls and those of outputs. */
export function mapReferences(
  graph: GraphDefinition,
  change: <T extends TensorReference>(reference: T, isOutput: boolean) => T,
): GraphDefinition {
  const layers = graph.layers.map((layer): LayerDefinition => {
    const calls = layer.calls.map((call) => ({
      ...call,
      inputs: call.inputs.map((input) => change(input, false)),
    }));
    return { ...layer, calls };
  });
  return { ...graph, layers, outputs: graph.outputs.map((output) => change(output, true)) };
}

/** Names of the nested models whose calls the dialect counts from 1, at outputs or everywhere. */
export function ownNodes({ layers }: GraphDefinition, dialect: Dialect): ReadonlySet<string> {
  const nested = layers.filter(({ model }) => model !== null);
  const counted = dialect === 'keras3' ? nested.filter(({ type }) => type !== 'Sequential') : nested;
  return new Set(counted.map(({ name }) => name));
}

/** The graph with calls counted from 0. */
export function withoutOwnNodes(graph: GraphDefinition, dialect: Dialect): GraphDefinition {
  const models = ownNodes(graph, dialect);
  if (models.size === 0) return graph;
  // Some versions of Keras 2 do not count the own graph of a Sequential model: then something refers to call 0.
  const fromZero = new Set<string>();
  mapReferences(graph, (reference, isOutput) => {
    if (reference.call === 0 && (isOutput || dialect !== 'keras3')) fromZero.add(reference.layer);
    return reference;
  });
  return mapReferences(graph, (reference, isOutput) => {
    const shifted = models.has(reference.layer) && !fromZero.has(reference.layer);
    return shifted && (isOutput || dialect !== 'keras3')
      ? { ...reference, call: reference.call - 1 }
      : reference;
  });
}
