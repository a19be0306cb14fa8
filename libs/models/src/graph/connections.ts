// Whether a model's inputs and calls fit together as far as names say, before anything is built.

import type { GraphDefinition, LayerDefinition } from '../definition/definition.js';

interface Misfit {
  readonly path: readonly PropertyKey[];
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

/** Inputs that are no InputLayers, or named twice; InputLayers that are no inputs; layers that are never called. */
export function checkConnections({ layers, inputs, path }: GraphDefinition): Misfit[] {
  const misfits: Misfit[] = [];
  const layersByName = new Map(layers.map((layer) => [layer.name, layer]));
  const named = new Set<string>();
  const add = (at: LayerDefinition['path'], code: string, message: string, hint: string): void => {
    misfits.push({ path: at, code, message, hint });
  };
  for (const { layer, call, output } of inputs) {
    if (layersByName.get(layer)?.type !== 'InputLayer' || call > 0 || output > 0)
      add(
        path,
        'unknownInput',
        `the input "${layer}" is not an InputLayer of the model`,
        'Name an InputLayer',
      );
    if (named.has(layer)) add(path, 'duplicateInput', `the input "${layer}" is named twice`, 'Name it once');
    named.add(layer);
  }
  for (const layer of layers) {
    if (layer.type === 'InputLayer' && !named.has(layer.name)) {
      const message = `the InputLayer "${layer.name}" is not among the inputs of the model`;
      add(layer.path, 'unknownInput', message, 'List it there, or leave it out');
    }
    if (layer.calls.length === 0) {
      const message = `the layer "${layer.name}" is never called`;
      add(layer.path, 'noInputs', message, 'Name the layers that it takes inputs from');
    }
  }
  return misfits;
}
