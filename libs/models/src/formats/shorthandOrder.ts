// The order of layers that are given by name: it follows from connections alone, for a store of JSON may change the
// order of keys.

import type { LayerDefinition, TensorReference } from '../definition/definition.js';

/** Inputs first, then each layer after those it takes inputs from, as the outputs need them; and those that none needs. */
export function inOrder(
  layers: readonly LayerDefinition[],
  inputs: readonly TensorReference[],
  outputs: readonly TensorReference[],
): { layers: LayerDefinition[]; unused: LayerDefinition[] } {
  const waiting = new Map(layers.map((layer) => [layer.name, layer]));
  const ordered: LayerDefinition[] = [];
  const rest = [...inputs, ...outputs].map(({ layer }) => ({ name: layer, entered: false })).reverse();
  const entered = new Set<string>();
  for (let step = rest.pop(); step !== undefined; step = rest.pop()) {
    const layer = waiting.get(step.name);
    if (!layer) continue;
    if (step.entered) {
      ordered.push(layer);
      waiting.delete(step.name);
    } else if (!entered.has(step.name)) {
      entered.add(step.name);
      rest.push({ name: step.name, entered: true });
      const needed = layer.calls.flatMap((call) => call.inputs.map((input) => input.layer));
      for (const name of needed.reverse()) rest.push({ name, entered: false });
    }
  }
  const unused = [...waiting.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  // A name that is taken twice is refused later.
  const doubled = layers.filter((layer) => !ordered.includes(layer) && !unused.includes(layer));
  return { layers: [...ordered, ...unused, ...doubled], unused };
}
