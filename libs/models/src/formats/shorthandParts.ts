// Names and references of the shorthand, in Keras 3's terms.

import { z } from 'zod';
import type { ArgumentReference, TensorReference } from '../definition/definition.js';
import { isHeldLayer } from '../layers/held.js';
import { registry } from '../layers/registry.js';
import { isRecord } from '../objects/forms.js';
import { camelCase, snakeCase } from '../objects/names.js';

const plain = (type: string): string => type.replaceAll('_', '').toLowerCase();

const INPUTS = new Set(['input', 'inputlayer']);
const MODELS = new Set(['model', 'functional', 'sequential']);

const classes = new Map([...registry.keys()].map((name) => [plain(name), name]));

export const isModel = (type: string): boolean => MODELS.has(plain(type));

/** Keras's class name of a type such as `maxPooling2d`; what is not known stays as it is. */
export function classOf(type: string): string {
  if (INPUTS.has(plain(type))) return 'InputLayer';
  return classes.get(plain(type)) ?? type;
}

/** The layer that a wrapper's setting holds. */
function inner(value: unknown): unknown {
  if (!isRecord(value)) return value;
  const { type, ...config } = value;
  if (typeof type !== 'string') return value;
  return { class_name: classOf(type), config: toConfig(config).config };
}

/** Settings with Keras's names, and those that are given twice: in camelCase and with underscores. */
export function toConfig(given: Readonly<Record<string, unknown>>): {
  config: Readonly<Record<string, unknown>>;
  twice: string[];
} {
  const config = new Map<string, unknown>();
  const twice: string[] = [];
  for (const [written, value] of Object.entries(given)) {
    const key = snakeCase(written);
    if (config.has(key)) twice.push(written);
    config.set(key, isHeldLayer(key) ? inner(value) : value);
  }
  return { config: Object.fromEntries(config), twice };
}

/** The setting's names in the shorthand, for messages. */
export const bothNames = (key: string): string => `"${camelCase(key)}" and "${snakeCase(key)}"`;

const REFERENCE = /^([^:]*)(?::(\d{1,9}))?(?::(\d{1,9}))?$/;

/** "name", "name:call" or "name:call:output". */
export const referenceSchema = z
  .string({ error: 'must be the name of a layer' })
  .regex(REFERENCE, 'must be the name of a layer, "name:call" or "name:call:output"')
  .transform((text): TensorReference => {
    const [, layer = '', call = '0', output = '0'] = REFERENCE.exec(text) ?? [];
    return { layer, call: Number(call), output: Number(output) };
  });

const byPosition = ({ layer, call, output }: TensorReference): ArgumentReference => ({
  layer,
  call,
  output,
  name: null,
});

/** One reference, a list of them, or references by the parameter's name. */
export const argumentsSchema = z.union(
  [
    referenceSchema.transform((one) => [byPosition(one)]),
    z.array(referenceSchema.transform(byPosition)).min(1),
    // A store of JSON may change the order of keys: nothing follows from it.
    z.record(z.string(), referenceSchema).transform((given) =>
      Object.entries(given)
        .map(([name, reference]): ArgumentReference => ({ ...reference, name: snakeCase(name) }))
        .toSorted((a, b) => ((a.name ?? '') < (b.name ?? '') ? -1 : 1)),
    ),
  ],
  { error: 'must be the name of a layer, a list of such, or names by parameter' },
);
