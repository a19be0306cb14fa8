// Deep stacks of saturating activations, through which gradients shrink (Hochreiter 1991; Glorot and Bengio,
// Understanding the difficulty of training deep feedforward neural networks, AISTATS 2010).

import type { Activation } from '../activations/index.js';
import { producerOf, type GraphNode, type ModelGraph } from '../graph/graph.js';
import type { Finding } from './finding.js';
import { placeOf } from './place.js';

/**
 * How much of a gradient goes through an activation. Of sigmoid and hard sigmoid: the largest slope, at 0. Of tanh, whose
 * largest slope is 1: the mean of its slope, 1 - tanh², over a standard normal input.
 */
export const SLOPES: Partial<Record<Activation, number>> = {
  sigmoid: 1 / 4,
  hard_sigmoid: 1 / 6,
  tanh: 0.6057,
};

/** What is left of a gradient below which a stack is named: 4 sigmoids, 10 tanh. */
export const LEAST_SHARE = 0.01;

/** Layers that bring their input back to a set scale. */
const NORMALIZING = new Set([
  'BatchNormalization',
  'GroupNormalization',
  'LayerNormalization',
  'RMSNormalization',
  'UnitNormalization',
]);

/** What is left of a gradient on its way back from a value, and the saturating layers that it has been through. */
interface Path {
  readonly share: number;
  readonly count: number;
  readonly first: string;
  readonly last: string;
}

const WHOLE: Path = { share: 1, count: 0, first: '', last: '' };
const NOTHING: Path = { ...WHOLE, share: 0 };

/**
 * The path back from a call's output. Where values meet, a gradient keeps the most along the better path: a connection
 * that skips a stack counts as its way out.
 */
function pathThrough(node: GraphNode, paths: ReadonlyMap<number, Path>): Path {
  if (NORMALIZING.has(node.layer.type)) return WHOLE;
  const before = node.inputs
    .map((value) => paths.get(value) ?? WHOLE)
    .reduce((best, path) => (path.share > best.share ? path : best), NOTHING);
  const slope = SLOPES[node.plan.finalActivation ?? 'linear'];
  if (slope === undefined) return before;
  const { name } = node.layer;
  return {
    share: before.share * slope,
    count: before.count + 1,
    first: before.count === 0 ? name : before.first,
    last: name,
  };
}

/** Stacks that leave less than a hundredth of a gradient. The activation of an output is not counted: losses undo it. */
export function vanishing(graph: ModelGraph): Finding[] {
  const paths = new Map<number, Path>();
  const outputs = new Set(graph.outputs.map(({ value }) => producerOf(graph, value)));
  let worst = WHOLE;
  for (const node of graph.nodes) {
    if (outputs.has(node)) continue;
    const path = pathThrough(node, paths);
    for (const value of node.outputs) paths.set(value, path);
    if (path.share < worst.share) worst = path;
  }
  if (worst.share >= LEAST_SHARE) return [];
  const { count, first, last } = worst;
  const share = `1/${Math.round(1 / worst.share).toLocaleString('en')}`;
  return [
    {
      severity: 'warning',
      pointer: placeOf(graph, first),
      code: 'vanishingGradients',
      message: `${count} layers from "${first}" to "${last}" end in sigmoid or tanh, without normalization or a connection around them`,
      why: `about ${share} of a gradient is left before the first of them, where kernels neither grow nor shrink it`,
      hint: 'Use "relu" or "gelu" in hidden layers, or put normalization layers between them',
    },
  ];
}
