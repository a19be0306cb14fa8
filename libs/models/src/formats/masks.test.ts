// Masks in models as Keras 3.15.1 writes them (testing/golden/formats/keras3-masked.json), and with changes that make them others.

import { expect, test } from '@jest/globals';
import { graphOf, problemsOf, writtenModels } from '../testing/formats.js';

interface Written {
  readonly name: string;
  class_name: string;
  module: string;
  config: Record<string, unknown>;
  inbound_nodes: { args: unknown[]; kwargs: Record<string, unknown> }[];
}
interface Document {
  readonly config: { readonly layers: Written[]; output_layers: unknown[] };
}

/** The model after a change, and the layer of a name in it. */
function changed(change: (layer: (name: string) => Written, document: Document) => void): Document {
  const [model] = writtenModels('keras3-masked');
  const document = structuredClone(model?.definition) as Document;
  change((name) => {
    const found = document.config.layers.find((one) => one.name === name);
    if (!found) throw new Error(`the fixture has no layer ${name}`);
    return found;
  }, document);
  return document;
}

const placeOf = ({ config }: Document, name: string): string =>
  `/config/layers/${config.layers.findIndex((one) => one.name === name)}`;

test('are taken out, and made by the layers of the graph', () => {
  const { layers, nodes } = graphOf(changed(() => undefined));
  const names = [
    'attention',
    'both',
    'drop',
    'gru',
    'joined',
    'lstm',
    'masking',
    'out',
    'pool',
    'sum',
    'table',
  ];
  expect(layers.map(({ name }) => name).sort()).toEqual(names);
  const makers = nodes.filter(({ plan }) => typeof plan.mask === 'function').map(({ layer }) => layer.name);
  expect(makers).toEqual(expect.arrayContaining(['masking', 'table']));
});

test('a mask that no layer makes', () => {
  const document = changed((layer) => (layer('table').config['mask_zero'] = false));
  const given = ['lstm', 'both', 'pool'].map((name) => `${placeOf(document, name)} mask`);
  expect(problemsOf(document).sort()).toEqual(given.sort());
  const other = changed((layer) => (layer('masking').config['mask_value'] = 1));
  expect(problemsOf(other)).toContain(`${placeOf(other, 'gru')} mask`);
});

test('a mask that does not come with the input', () => {
  // A convolution passes no mask on, in Keras too.
  const destroyed = changed((layer) => {
    Object.assign(layer('drop'), {
      class_name: 'Conv1D',
      config: { name: 'drop', filters: 3, kernel_size: 1 },
    });
  });
  expect(problemsOf(destroyed)).toContain(`${placeOf(destroyed, 'lstm')} mask`);
  const swapped = changed((layer) => {
    const [lstm, gru] = [layer('lstm').inbound_nodes[0], layer('gru').inbound_nodes[0]];
    if (!lstm || !gru) throw new Error('both layers are called');
    [lstm.kwargs['mask'], gru.kwargs['mask']] = [gru.kwargs['mask'], lstm.kwargs['mask']];
  });
  const places = ['lstm', 'gru'].map((name) => `${placeOf(swapped, name)} mask`);
  expect(problemsOf(swapped)).toEqual(expect.arrayContaining(places));
});

test('an operation that is used for something else', () => {
  const operation = 'not_equal'; // Of the layer "table".
  const asData = changed((layer) => {
    expect(layer('lstm').inbound_nodes[0]?.kwargs['mask']).toMatchObject({
      config: { keras_history: [operation, 0, 0] },
    });
    const mask = layer('lstm').inbound_nodes[0]?.kwargs['mask'];
    layer('out').inbound_nodes = [{ args: [mask], kwargs: {} }];
  });
  expect(problemsOf(asData)).toEqual([`${placeOf(asData, operation)} unknownLayer`]);
  const asOutput = changed((_, document) => {
    document.config.output_layers = [[operation, 0, 0]];
  });
  expect(problemsOf(asOutput)).toEqual([`${placeOf(asOutput, operation)} unknownLayer`]);
});
