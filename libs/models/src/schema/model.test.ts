// The schema, as Ajv reads it: another implementation of JSON Schema, in strict mode but for keys that stand beside others.

import { describe, expect, test } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { registry } from '../layers/registry.js';
import { writtenModels } from '../testing/formats.js';
import { shorthandType } from './layers.js';
import { modelJsonSchema } from './model.js';

const validate = new Ajv2020({
  strict: true,
  strictTypes: false,
  strictRequired: false,
  strictTuples: false,
  allErrors: true,
}).compile({
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  ...modelJsonSchema(),
});

/** Where a definition is not as the schema says. */
function faultsOf(definition: unknown): string[] {
  return validate(definition) ? [] : (validate.errors ?? []).map(({ instancePath }) => instancePath);
}

describe.each(['shorthand', 'keras3', 'keras2'] as const)('definitions in %s', (format) => {
  const models = writtenModels(format);
  test.each(models)('$name is one', (model) => {
    expect(faultsOf(format === 'shorthand' ? Reflect.get(model, 'shorthand') : model.definition)).toEqual([]);
  });
});

const first = { type: 'dense', units: 4, input: [8] };

test.each([
  ['settings in either way of writing', [first, { type: 'conv2d', filters: 2, kernel_size: 3 }]],
  ['Keras names of classes', [first, { type: 'Conv2D', filters: 2, kernelSize: [3, 3] }]],
  ['objects with settings', [{ ...first, kernelRegularizer: { name: 'l2', l2: 0.1 } }]],
  ['objects of Keras', [{ ...first, kernelInitializer: { class_name: 'HeNormal', config: {} } }]],
  ['a wrapper', [{ type: 'bidirectional', layer: { type: 'lstm', units: 8 }, input: [4, 2] }]],
  ['a model in the model', [first, { type: 'model', model: [{ type: 'dense', units: 1 }] }]],
  ['a frozen model with a name', { name: 'm', trainable: false, layers: [first] }],
])('%s are taken', (_, definition) => {
  expect(faultsOf(definition)).toEqual([]);
});

test.each([
  ['a setting that is not known', [{ ...first, unit: 3 }], '/0'],
  ['a setting of another type', [{ ...first, units: '4' }], '/0/units'],
  ['a setting that is missing', [first, { type: 'dense' }], '/1'],
  ['an activation that is not known', [{ ...first, activation: 'rely' }], '/0/activation'],
  [
    'a setting of a regularizer',
    [{ ...first, kernelRegularizer: { name: 'l2', l2: 'x' } }],
    '/0/kernelRegularizer/l2',
  ],
  ['a mistake in a wrapped layer', [{ type: 'timeDistributed', layer: { type: 'dense' } }], '/0/layer'],
  ['a layer without a type', [{ units: 3 }], '/0'],
  ['no outputs', { inputs: [4], layers: { a: { type: 'dense', units: 1, inputs: 'input' } } }, ''],
])('%s is told where it is', (_, definition, at) => {
  expect(faultsOf(definition)).toContain(at);
});

test('every layer of the registry is offered, with its settings', () => {
  const { Layer, ...definitions } = modelJsonSchema().$defs ?? {};
  const offered = JSON.stringify(Layer);
  for (const className of registry.keys()) {
    expect(offered).toContain(`"${shorthandType(className)}"`);
    expect(definitions[`${className}Settings`]).toMatchObject({ title: className });
  }
  expect(definitions['DenseSettings']).toMatchObject({ properties: { useBias: { default: true } } });
});
