// The shapes of values by the references of a definition, which the graph itself has no more: nested models are taken
// apart in it.

import type { GraphDefinition, TensorReference } from '../../definition/definition.js';
import { orderCalls } from '../../definition/order.js';
import type { GraphNode, ModelGraph } from '../../graph/graph.js';
import type { Shape } from '../../layers/layer.js';

/** The shape of what a reference within a definition means; those of its first call where a model is called twice. */
export type ShapeOf = (definition: GraphDefinition, reference: TensorReference) => Shape;

const keyOf = ({ layer, call }: Pick<TensorReference, 'layer' | 'call'>): string => `${layer}:${call}`;

/** Goes through the calls in the order in which the graph was built from them. */
export function shapesOf({ definition, nodes, inputs, values }: ModelGraph): ShapeOf {
  const shapes = new Map<GraphDefinition, Map<string, readonly Shape[]>>();
  const rest: Iterator<GraphNode> = nodes[Symbol.iterator]();
  const walk = (graph: GraphDefinition, given: readonly Shape[]): readonly Shape[] => {
    const made = new Map<string, readonly Shape[]>();
    const shapeOf = (reference: TensorReference): Shape =>
      made.get(keyOf(reference))?.[reference.output] ?? [];
    graph.inputs.forEach((input, index) => made.set(keyOf(input), [given[index] ?? []]));
    for (const { layer, index, call } of orderCalls(graph).calls) {
      if (layer.type === 'InputLayer') continue;
      const outputs = layer.model
        ? walk(layer.model, call.inputs.map(shapeOf))
        : ((rest.next().value as GraphNode | undefined)?.plan.outputs ?? []);
      made.set(keyOf({ layer: layer.name, call: index }), outputs);
    }
    if (!shapes.has(graph)) shapes.set(graph, made);
    return graph.outputs.map(shapeOf);
  };
  walk(
    definition,
    inputs.map(({ value }) => values[value] ?? []),
  );
  return (graph, reference) => shapes.get(graph)?.get(keyOf(reference))?.[reference.output] ?? [];
}
