// Where gradients go in a graph: from the loss back to trainable weights.

import type { GraphNode, Layer, ModelGraph } from './graph.js';

/** Whether no gradient goes through a call to its inputs, for it takes whole numbers or rounds; its weights get one. */
export const cutsGradients = ({ layer, plan }: GraphNode): boolean =>
  layer.type === 'Embedding' || plan.stopsGradients === true;

export const hasTrainable = ({ layer }: GraphNode): boolean =>
  layer.weights.some(({ trainable }) => trainable);

export interface GradientFlow {
  /** Values that change smoothly with a trainable weight: the backward pass computes their gradients. */
  readonly varying: ReadonlySet<number>;
  /** Calls that a gradient of the loss comes to. */
  readonly reached: ReadonlySet<GraphNode>;
  /** Calls that are part of the backward pass: a gradient comes to them, and a trainable weight is in or before them. */
  readonly backward: ReadonlySet<GraphNode>;
  /** Calls whose values the loss depends on, smoothly or not. */
  readonly used: ReadonlySet<GraphNode>;
}

/** Calls that the loss depends on, going back from it through all that `passes`, the last ones first. */
function backFrom({ nodes, outputs }: ModelGraph, passes: (node: GraphNode) => boolean): Set<GraphNode> {
  const values = new Set(outputs.map(({ value }) => value));
  const found = new Set<GraphNode>();
  for (const node of nodes.toReversed()) {
    const isPart = node.plan.activityRegularizer || node.outputs.some((value) => values.has(value));
    if (!isPart) continue;
    found.add(node);
    if (passes(node)) for (const value of node.inputs) values.add(value);
  }
  return found;
}

/** Linear in the calls of the graph and their inputs. */
export function gradientFlow(graph: ModelGraph): GradientFlow {
  const varying = new Set<number>();
  for (const node of graph.nodes) {
    const follows = !cutsGradients(node) && node.inputs.some((value) => varying.has(value));
    if (hasTrainable(node) || follows) for (const value of node.outputs) varying.add(value);
  }
  const reached = backFrom(graph, (node) => !cutsGradients(node));
  const backward = new Set([...reached].filter(({ outputs }) => outputs.some((value) => varying.has(value))));
  return { varying, reached, backward, used: backFrom(graph, () => true) };
}

/**
 * Layers whose weights get gradients that are no derivatives on purpose, and the name of the straight-through layer that
 * these come through: the layer itself, or one between it and the loss.
 */
export function estimatedLayers(graph: ModelGraph): ReadonlyMap<Layer, string> {
  const causes = new Map<number, string>();
  const layers = new Map<Layer, string>();
  for (const node of backFrom(graph, (one) => !cutsGradients(one))) {
    const { layer, plan, inputs, outputs } = node;
    const behind = outputs.flatMap((value) => causes.get(value) ?? [])[0];
    const cause = plan.estimatesGradients ? layer.name : behind;
    if (cause === undefined) continue;
    if (!layers.has(layer)) layers.set(layer, cause);
    if (!cutsGradients(node)) for (const value of inputs) causes.set(value, cause);
  }
  return layers;
}
