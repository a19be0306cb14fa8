// JSON Schema of a model's definition: the shorthand in full, for editors that complete it; that a definition of Keras or
// TensorFlow.js is one, without its contents. It refuses nothing that parseModel reads, and lets through what only a graph
// shows to be wrong, such as shapes that do not fit.

import type { JsonSchema } from '../objects/jsonSchema.js';
import { layerDefinitions } from './layers.js';

const shape: JsonSchema = {
  type: 'array',
  description: 'Lengths of the axes, without the batch',
  items: { type: 'integer', exclusiveMinimum: 0 },
  minItems: 1,
};
const reference: JsonSchema = {
  type: 'string',
  description: 'The name of a layer; "name:1" is its second call, "name:0:2" the third output of its first',
};
const references: JsonSchema = {
  anyOf: [
    { $ref: '#/$defs/Reference' },
    { type: 'array', items: { $ref: '#/$defs/Reference' }, minItems: 1 },
    {
      type: 'object',
      description: "By the parameter's name",
      additionalProperties: { $ref: '#/$defs/Reference' },
    },
  ],
};
const about: Record<string, JsonSchema> = {
  name: { type: 'string', default: 'model' },
  trainable: { type: 'boolean', default: true, description: 'false freezes all of its layers' },
};

/** Layers one after the other. */
const chained: JsonSchema = {
  type: 'array',
  description: 'Layers, each taking the output of the one before it',
  minItems: 1,
  prefixItems: [{ $ref: '#/$defs/Layer', properties: { input: { $ref: '#/$defs/Shape' } } }],
  items: { $ref: '#/$defs/Layer' },
};

/** Layers by their names, each with what it takes. */
const named: JsonSchema = {
  type: 'object',
  properties: {
    ...about,
    inputs: {
      description: 'The inputs in their order; or the shape of the only one, which is then named "input"',
      anyOf: [
        { $ref: '#/$defs/Shape' },
        {
          type: 'array',
          minItems: 1,
          items: {
            anyOf: [
              { type: 'string', description: 'The name of a layer of type "input"' },
              {
                type: 'object',
                required: ['name', 'shape'],
                properties: {
                  name: { type: 'string' },
                  shape: { $ref: '#/$defs/Shape' },
                  dtype: { type: 'string', default: 'float32' },
                },
                additionalProperties: false,
              },
            ],
          },
        },
      ],
    },
    layers: {
      type: 'object',
      description: 'Layers by name, in any order',
      additionalProperties: {
        $ref: '#/$defs/Layer',
        properties: {
          inputs: { $ref: '#/$defs/References' },
          calls: { type: 'array', minItems: 1, items: { $ref: '#/$defs/References' } },
          options: { type: 'object', description: 'Passed at the call' },
        },
      },
    },
    outputs: {
      description: 'Names of the layers whose outputs are those of the model',
      anyOf: [
        { $ref: '#/$defs/Reference' },
        { type: 'array', items: { $ref: '#/$defs/Reference' }, minItems: 1 },
      ],
    },
  },
  required: ['layers', 'outputs'],
  additionalProperties: false,
};

const list: JsonSchema = {
  type: 'object',
  properties: { ...about, layers: { $ref: '#/$defs/Chain' } },
  required: ['layers'],
  additionalProperties: false,
};

/** What Keras or TensorFlow.js has written. */
const written: JsonSchema = {
  type: 'object',
  anyOf: ['class_name', 'className', 'modelTopology', 'model_config'].map((key) => ({ required: [key] })),
};

let known: JsonSchema | undefined;

/** The schema, draft 2020-12: `Model` among its `$defs` is what it says of a definition. Made at the first call. */
export function modelJsonSchema(): JsonSchema {
  known ??= {
    $ref: '#/$defs/Model',
    $defs: {
      Model: {
        title: 'Model',
        description: 'A model in the shorthand, or as Keras or TensorFlow.js writes it',
        anyOf: [
          { $ref: '#/$defs/Chain' },
          { ...list, title: 'A list of layers with a name' },
          { ...named, title: 'Layers by name' },
          { ...written, title: 'Written by Keras or TensorFlow.js' },
        ],
      },
      Chain: chained,
      Shape: shape,
      Reference: reference,
      References: references,
      ...layerDefinitions(),
    },
  };
  return known;
}
