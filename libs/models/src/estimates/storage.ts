// Which values of a graph take memory, and until when.

import type { GradientFlow } from '../graph/gradientFlow.js';
import type { ModelGraph } from '../graph/graph.js';
import { isAlias, keptBy } from './kept.js';

export interface Storage {
  /** By value: the value whose memory it lies in, itself for most. */
  readonly root: readonly number[];
  /** By root: the last call that takes it; the number of calls for outputs of the model. */
  readonly lastUse: readonly number[];
  /** By call: the roots that its backward pass needs, without the model's inputs, which the caller holds. */
  readonly needs: readonly (readonly number[])[];
  /** By call: values of a sample that its backward pass needs besides. */
  readonly others: readonly number[];
}

export function storageOf(
  { nodes, values, inputs, outputs }: ModelGraph,
  { backward }: GradientFlow,
): Storage {
  const root = values.map((_, value) => value);
  const rootOf = (value: number): number => root[value] ?? value;
  const lastUse = values.map(() => -1);
  nodes.forEach((node, index) => {
    const [first = -1] = node.inputs;
    for (const value of node.inputs) lastUse[rootOf(value)] = index;
    for (const value of node.outputs) {
      if (isAlias(node)) root[value] = rootOf(first);
      else lastUse[value] = index;
    }
  });
  for (const { value } of outputs) lastUse[rootOf(value)] = nodes.length;
  const given = new Set(inputs.map(({ value }) => value));
  const kept = nodes.map((node) =>
    backward.has(node) ? keptBy(node) : { inputs: false, outputs: false, others: 0 },
  );
  return {
    root,
    lastUse,
    needs: nodes.map((node, index) => {
      const needed = [
        ...(kept[index]?.inputs ? node.inputs : []),
        ...(kept[index]?.outputs ? node.outputs : []),
      ].map(rootOf);
      return [...new Set(needed)].filter((value) => !given.has(value));
    }),
    others: kept.map(({ others }) => others),
  };
}
