import { toPointer } from '@gradstream/contracts';
import type { LayerDefinition } from '../definition/definition.js';
import type { ModelGraph } from '../graph/graph.js';

/** The definition of a layer of the graph, which may be in a nested model. */
export function definitionOf({ definition }: ModelGraph, name: string): LayerDefinition | null {
  const [first = '', ...rest] = name.split('/');
  let found = definition.layers.find((layer) => layer.name === first);
  for (const part of rest) found = found?.model?.layers.find((layer) => layer.name === part);
  return found ?? null;
}

/** Where a layer of the graph lies in the posted definition; the definition's own place if it is not found. */
export const placeOf = (graph: ModelGraph, name: string): string =>
  toPointer(definitionOf(graph, name)?.path ?? graph.definition.path);
