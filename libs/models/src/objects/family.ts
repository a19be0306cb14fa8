// Initializers, regularizers and constraints are families of named types with settings. This reads every form that
// Keras and TensorFlow.js write them in, and writes Keras 3's.

import { z } from 'zod';
import { nearest } from './nearest.js';
import { readForm } from './forms.js';
import { toJsonSchema, type JsonSchema } from './jsonSchema.js';
import { snakeCase } from './names.js';

export interface ObjectType {
  /** Keras 3's. */
  readonly className: string;
  /** Names besides the key's and the class's, with the settings that a name alone stands for. */
  readonly aliases?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Strict, with camelCase keys and Keras's defaults. */
  readonly settings: z.ZodObject;
}

type Types = Readonly<Record<string, ObjectType>>;

/** What an object of a family is: the key of its type, and its settings. */
export type Named<T extends Types> = {
  [Name in keyof T & string]: Readonly<{ name: Name } & z.infer<T[Name]['settings']>>;
}[keyof T & string];

/** What Keras 3 writes. */
export interface SerializedObject {
  readonly module: string;
  readonly class_name: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly registered_name: null;
}

export interface FamilyOptions<T extends Types> {
  /** Such as `initializer`. */
  readonly noun: string;
  readonly module: string;
  readonly types: T;
  /** Whether a setting that is null has its default. */
  readonly nullIsDefault: boolean;
  /** Names that are known and cannot be carried out, and why. */
  readonly refused?: Readonly<Record<string, string>>;
}

/** The forms of a family: a name, ours with settings, and the objects of Keras and TensorFlow.js. */
function familyJsonSchema(
  { noun, types }: Pick<FamilyOptions<Types>, 'noun' | 'types'>,
  names: readonly string[],
): JsonSchema & { readonly id: string } {
  const ours = Object.entries(types).map(([name, { settings }]): JsonSchema => {
    const { properties = {}, ...rest } = toJsonSchema(settings);
    return { ...rest, title: name, properties: { name: { const: name }, ...properties } };
  });
  const name: JsonSchema = { enum: [...new Set([...Object.keys(types), ...names])] };
  const ofType = ours.map(({ properties = {}, title = '' }): JsonSchema => ({
    if: { properties: { name: { const: title } } },
    then: { properties },
  }));
  return {
    id: `${noun.slice(0, 1).toUpperCase()}${noun.slice(1)}`,
    description: 'Its name, or an object with its name and settings; Keras’s objects too',
    anyOf: [
      name,
      { type: 'object', required: ['name'], properties: { name }, allOf: ofType },
      { type: 'object', anyOf: [{ required: ['class_name'] }, { required: ['className'] }] },
    ],
  };
}

/**
 * The schema reads a name (Keras's class or snake case, or camelCase), Keras 3's and Keras 2's and TensorFlow.js's
 * objects, and its own results. `config` is the way back.
 */
export function objectFamily<const T extends Types>(options: FamilyOptions<T>) {
  const { noun, module, types, nullIsDefault } = options;
  const refused = new Map(Object.entries(options.refused ?? {}));
  const byName = new Map<
    string,
    { readonly key: string; readonly assumed: Readonly<Record<string, number>> }
  >();
  for (const [key, { className, aliases = {} }] of Object.entries<ObjectType>(types)) {
    for (const name of [key, snakeCase(key), className]) byName.set(name, { key, assumed: {} });
    for (const [name, assumed] of Object.entries(aliases)) byName.set(name, { key, assumed });
  }
  const typeOf = (key: string): ObjectType => {
    const type = types[key];
    if (!type) throw new Error(`${noun} has no type "${key}"`);
    return type;
  };

  const reading = z.unknown().transform((given, context): Named<T> => {
    const form = readForm(given, noun, context);
    if (!form) return z.NEVER;
    const found = byName.get(form.name);
    if (!found) {
      const reason = refused.get(form.name);
      const near = nearest(form.name, byName.keys());
      const message =
        reason ??
        `is no known ${noun}${near === null ? `: ${Object.keys(types).join(', ')}` : `, did you mean "${near}"?`}`;
      context.issues.push({ code: 'custom', message, input: given, path: form.namePath });
      return z.NEVER;
    }
    const { shape } = typeOf(found.key).settings;
    const keys = new Map(Object.keys(shape).map((key) => [snakeCase(key), key]));
    const original = new Map<PropertyKey, string>();
    const settings = new Map<string, unknown>(form.bare ? Object.entries(found.assumed) : []);
    const unknown: string[] = [];
    for (const [written, value] of Object.entries(form.settings)) {
      const key = Object.hasOwn(shape, written) ? written : keys.get(written);
      if (key === undefined || original.has(key)) {
        unknown.push(written);
        continue;
      }
      original.set(key, written);
      if (!(nullIsDefault && value === null)) settings.set(key, value);
    }
    if (unknown.length > 0) {
      context.issues.push({
        code: 'unrecognized_keys',
        keys: unknown,
        input: form.settings,
        path: form.settingsPath,
      });
    }
    const parsed = typeOf(found.key).settings.safeParse(Object.fromEntries(settings));
    for (const issue of parsed.error?.issues ?? []) {
      const [first, ...rest] = issue.path;
      const path = first === undefined ? [] : [original.get(first) ?? first, ...rest];
      context.issues.push({ ...issue, path: [...form.settingsPath, ...path] } as z.core.$ZodRawIssue);
    }
    // The key names the type whose schema the settings have passed.
    return { name: found.key, ...parsed.data } as Named<T>;
  });

  const schema = reading.meta(familyJsonSchema(options, [...byName.keys()]));

  /** Keras 3's form. What is left to its default is null there. */
  const config = (value: Named<T>): SerializedObject => {
    const { className, settings } = typeOf(value.name);
    const given = new Map<string, unknown>(Object.entries(value));
    const entries = Object.keys(settings.shape).map((key): [string, unknown] => [
      snakeCase(key),
      given.get(key) ?? null,
    ]);
    return {
      module,
      class_name: className,
      config: Object.fromEntries(entries),
      registered_name: null,
    };
  };

  return { schema, config };
}
