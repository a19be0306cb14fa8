// Where a graph is cut for activation checkpointing (Chen, Xu, Zhang and Guestrin, Training Deep Nets with Sublinear
// Memory Cost, 2016): about √n segments keep their inputs alone, and are computed again for the backward pass.

import { gradientFlow } from '../graph/gradientFlow.js';
import type { ModelGraph } from '../graph/graph.js';
import { sizeOf } from '../layers/layer.js';
import { storageOf } from './storage.js';

/** Calls from `from` up to, not including, `to`, by their index among the graph's. */
export interface Segment {
  readonly from: number;
  readonly to: number;
}

export type Checkpointing = 'none' | 'blocks';

/** Values that may have a mask: those that a layer computes one for, and what passes it on. */
function maskedValues({ nodes }: ModelGraph): Set<number> {
  const found = new Set<number>();
  for (const { plan, inputs, outputs } of nodes) {
    const has = plan.mask === 'pass' ? found.has(inputs[0] ?? -1) : plan.mask !== undefined;
    if (has) for (const value of outputs) found.add(value);
  }
  return found;
}

/** What a cut before each call would cost, and what lies between cuts. */
interface Costs {
  /** By call: values of a sample that the backward pass keeps of it. */
  readonly kept: readonly number[];
  /** By call: values of a sample that are made before it and needed from it on. */
  readonly crossing: readonly number[];
  /** By call: whether a value that may have a mask is among those. */
  readonly masked: readonly boolean[];
}

function costsOf(graph: ModelGraph): Costs {
  const { nodes, values, outputs } = graph;
  const { root, lastUse, needs, others } = storageOf(graph, gradientFlow(graph));
  const sizes = values.map(sizeOf);
  const needed = new Set(needs.flat());
  const hasMask = maskedValues(graph);
  const outgoing = new Set(outputs.map(({ value }) => value));
  const uses = values.map((_, value) => (outgoing.has(value) ? nodes.length : -1));
  nodes.forEach(({ inputs }, index) => {
    for (const value of inputs) uses[value] = Math.max(uses[value] ?? -1, index);
  });
  // Changes at each call, summed up below.
  const entering = new Array<number>(nodes.length + 2).fill(0);
  const masks = new Array<number>(nodes.length + 2).fill(0);
  const span = (changes: number[], from: number, to: number, amount: number): void => {
    if (to < from) return;
    changes[from] = (changes[from] ?? 0) + amount;
    changes[to + 1] = (changes[to + 1] ?? 0) - amount;
  };
  const kept = nodes.map((node, index) => {
    let count = others[index] ?? 0;
    for (const value of node.outputs) {
      if (hasMask.has(value)) span(masks, index + 1, uses[value] ?? -1, 1);
      if (root[value] !== value) continue;
      span(entering, index + 1, lastUse[value] ?? -1, sizes[value] ?? 0);
      if (needed.has(value)) count += sizes[value] ?? 0;
    }
    return count;
  });
  const running = (changes: readonly number[]): number[] => {
    let sum = 0;
    return nodes.map((_, index) => (sum += changes[index] ?? 0));
  };
  return { kept, crossing: running(entering), masked: running(masks).map((count) => count > 0) };
}

/** How far from the mean a segment may be, for the sake of a cut that fewer values cross. */
const LEAST = 0.5;
const MOST = 1.5;

/** The next cut after `from`: of those that make a segment of about the wanted size, the one that the fewest values cross. */
function nextCut({ kept, crossing, masked }: Costs, from: number, wanted: number): number | null {
  let best: number | null = null;
  let size = 0;
  for (let at = from + 1; at < kept.length; at++) {
    size += kept[at - 1] ?? 0;
    if (best !== null && size > MOST * wanted) break;
    const cost = crossing[at] ?? 0;
    const least = best === null ? Infinity : (crossing[best] ?? 0);
    // Of equal ones the last: fewer and longer segments.
    const isNear = size <= wanted || cost < least;
    if (size >= LEAST * wanted && !masked[at] && cost <= least && isNear) best = at;
  }
  return best;
}

/**
 * Segments of about √n of the n calls that keep something. The last calls are in none: their backward pass comes first,
 * and would compute them again at once. No value that may have a mask goes into a segment or out of it. A layer's new
 * statistics and terms of the loss may be made in a segment: they have to leave its block as outputs, for a second run
 * must not count them again. Linear in the calls and their inputs.
 */
export function segmentsOf(graph: ModelGraph, mode: Checkpointing): Segment[] {
  if (mode === 'none') return [];
  const costs = costsOf(graph);
  const { kept } = costs;
  const count = Math.round(Math.sqrt(kept.filter((values) => values > 0).length));
  if (count < 2) return [];
  const wanted = kept.reduce((sum, values) => sum + values, 0) / count;
  const segments: Segment[] = [];
  let from = 0;
  for (let to = nextCut(costs, from, wanted); to !== null; to = nextCut(costs, from, wanted)) {
    segments.push({ from, to });
    from = to;
  }
  const rest = kept.slice(from).reduce((sum, values) => sum + values, 0);
  if (rest < LEAST * wanted) segments.pop();
  return segments;
}
