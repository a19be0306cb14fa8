// JSON Schema of a layer in the shorthand, from the registry: its type, and the settings that this type has.

import { inputSettings } from '../layers/input.js';
import { isHeldLayer } from '../layers/held.js';
import { registry } from '../layers/registry.js';
import { toJsonSchema, type JsonSchema } from '../objects/jsonSchema.js';
import { camelCase } from '../objects/names.js';

/** Settings in camelCase may be written with underscores instead; those are left to the server's check. */
const UNDERSCORED = { _: true } as const;

/** Keys of a layer that are no settings; which of them a place takes is said there. */
const PLACE = { type: true, name: true, input: true, inputs: true, calls: true, options: true } as const;

/** The way of writing a class that the shorthand's documentation has: MaxPooling2D as maxPooling2d, LSTM as lstm. */
export function shorthandType(className: string): string {
  const words = className.replace('ReLU', 'Relu').match(/\d*[A-Z]+(?![a-z])|[A-Z][a-z]+|\d+|[a-z]+/g) ?? [
    className,
  ];
  const [first = '', ...rest] = words.map((word) => word.toLowerCase());
  return first + rest.map((word) => word.slice(0, 1).toUpperCase() + word.slice(1)).join('');
}

/** A setting that must be there, in either way of writing. */
const needs = (key: string): JsonSchema => {
  const written = [...new Set([camelCase(key), key])];
  return { anyOf: written.map((name) => ({ required: [name] })) };
};

/** What holds of a layer of a class: its settings, besides what every layer has. */
function settingsOf(schema: JsonSchema): JsonSchema {
  const { properties = {}, required = [] } = schema;
  const entries = Object.entries(properties)
    .filter(([key]) => !Object.hasOwn(PLACE, key))
    .map(([key, value]): [string, JsonSchema | boolean] => [
      camelCase(key),
      isHeldLayer(key) ? { $ref: '#/$defs/HeldLayer' } : value,
    ]);
  const missing = required.filter((key) => !Object.hasOwn(PLACE, key)).map(needs);
  return {
    properties: { ...Object.fromEntries(entries), ...PLACE },
    patternProperties: UNDERSCORED,
    additionalProperties: false,
    ...(missing.length > 0 ? { allOf: missing } : {}),
  };
}

/** The class of a layer, and what its settings are. */
interface DescribedClass {
  readonly className: string;
  readonly schema: JsonSchema;
}

function classes(): DescribedClass[] {
  const all = [...registry].map(([className, { settings }]) => ({ className, schema: settings }));
  return [{ className: 'InputLayer', schema: inputSettings }, ...all].map(({ className, schema }) => ({
    className,
    schema: toJsonSchema(schema),
  }));
}

/** Every way of writing a class that completion offers, the shorthand's first. */
const writtenAs = (className: string): string[] =>
  className === 'InputLayer' ? ['input', className] : [shorthandType(className), className];

/** `Layer`, what it may hold, and the parts that layers share; to be put among the `$defs` of a schema. */
export function layerDefinitions(): Record<string, JsonSchema> {
  const found = classes();
  const shared = Object.assign({}, ...found.map(({ schema }) => schema.$defs ?? {})) as Record<
    string,
    JsonSchema
  >;
  const byClass = found.map(({ className, schema }): [string, JsonSchema] => [
    `${className}Settings`,
    { title: className, description: `Settings of the layer ${className}`, ...settingsOf(schema) },
  ]);
  const nested: JsonSchema = {
    properties: { model: { $ref: '#/$defs/Model' }, trainable: { type: 'boolean' }, ...PLACE },
    required: ['model'],
    additionalProperties: false,
  };
  const rule = (types: string[], name: string): JsonSchema => ({
    if: { properties: { type: { enum: types } }, required: ['type'] },
    then: { $ref: `#/$defs/${name}` },
  });
  const types = [...found.flatMap(({ className }) => writtenAs(className)[0] ?? []), 'model'];
  return {
    ...shared,
    ...Object.fromEntries(byClass),
    NestedModel: nested,
    Layer: {
      type: 'object',
      description: 'A layer: its type, and settings as Keras has them, in camelCase',
      required: ['type'],
      properties: {
        type: {
          description: "Keras's class name, or that in camelCase",
          anyOf: [{ enum: types }, { type: 'string' }],
        },
        name: { type: 'string', description: 'Named as Keras does when absent' },
      },
      allOf: [
        ...found.map(({ className }) => rule(writtenAs(className), `${className}Settings`)),
        rule(['model'], 'NestedModel'),
      ],
    },
    HeldLayer: {
      description: 'The layer that is wrapped, in the shorthand or as Keras writes it',
      anyOf: [{ $ref: '#/$defs/Layer' }, { type: 'object', required: ['class_name'] }],
    },
  };
}
