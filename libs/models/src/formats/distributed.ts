// A Sequential model in a TimeDistributed, as a Sequential model whose layers are each in one: the same on every step.

import type { GraphDefinition, LayerDefinition } from '../definition/definition.js';

/** An input takes the shape of what the model is called with, which has an axis of steps more than its own. */
function withoutShape({ name, dtype }: LayerDefinition['config']): LayerDefinition['config'] {
  return { ...(name === undefined ? {} : { name }), ...(dtype === undefined ? {} : { dtype }) };
}

function distributeLayer(layer: LayerDefinition): LayerDefinition {
  const { name, type, config, model } = layer;
  if (model) return { ...layer, model: distribute(model) };
  if (type === 'InputLayer') return { ...layer, config: withoutShape(config) };
  const settings = Object.fromEntries(Object.entries(config).filter(([key]) => key !== 'batch_input_shape'));
  const frozen = settings['trainable'] === false ? { trainable: false } : {};
  return {
    ...layer,
    type: 'TimeDistributed',
    config: { name, ...frozen, layer: { class_name: type, config: settings } },
  };
}

export const distribute = (graph: GraphDefinition): GraphDefinition => ({
  ...graph,
  layers: graph.layers.map(distributeLayer),
});
