import type { ModelGraph } from './graph.js';

/** How many indexes the Embedding has that takes an input of the model; the least of several, null where none does. */
export function indexesTaken({ inputs, nodes }: ModelGraph, input: number): number | null {
  const value = inputs[input]?.value;
  const sizes = nodes.flatMap(({ layer, inputs: taken }) =>
    layer.type === 'Embedding' && taken.some((one) => one === value)
      ? layer.weights.slice(0, 1).flatMap(({ shape }) => shape.slice(0, 1))
      : [],
  );
  return sizes.length === 0 ? null : Math.min(...sizes);
}
