// What a JSON Schema (draft 2020-12) says of a place in a document. It is walked by the path, and by the values on the way:
// of alternatives (`anyOf`, `oneOf`, `if`) those hold that suit what is written. It says what may stand there; whether what
// stands there is right, the server says.

import { isRecord, type Path } from './values.js';

/** A schema without references and choices. */
export type Schema = Readonly<Record<string, unknown>>;

/** A name that an object may have. */
export interface KnownName {
  readonly name: string;
  readonly parts: readonly Schema[];
  readonly isRequired: boolean;
}

type Fit = 'no' | 'partly' | 'fully';

/** References of references; more are a circle. */
const MAX_DEPTH = 40;

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);

/** The values that a schema names. */
const namedValues = (schema: Schema): readonly unknown[] =>
  Object.hasOwn(schema, 'const') ? [schema['const']] : listOf(schema['enum']);

const suitsType = (type: unknown, value: unknown): boolean => {
  const types = Array.isArray(type) ? (type as unknown[]) : [type];
  if (value === null) return types.includes('null');
  if (Array.isArray(value)) return types.includes('array');
  if (typeof value === 'number') return types.includes('number') || types.includes('integer');
  return types.includes(typeof value);
};

/** The default that all parts agree on; undefined where they do not, or have none. */
function agreedDefault(parts: readonly Schema[]): unknown {
  const found = parts.filter((part) => Object.hasOwn(part, 'default')).map((part) => part['default']);
  const [first] = found;
  return found.every((one) => JSON.stringify(one) === JSON.stringify(first)) ? first : undefined;
}

function childrenOf(schema: Schema, key: string | number): readonly unknown[] {
  if (typeof key === 'number') return [listOf(schema['prefixItems'])[key] ?? schema['items']];
  const { properties, additionalProperties } = schema;
  return [isRecord(properties) && Object.hasOwn(properties, key) ? properties[key] : additionalProperties];
}

function childOf(value: unknown, key: string | number): unknown {
  if (Array.isArray(value)) return typeof key === 'number' ? (value[key] as unknown) : undefined;
  return isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

export class SchemaReader {
  readonly #root: Schema;

  constructor(root: Schema) {
    this.#root = root;
  }

  /** The parts that hold of a place. On the way to it, what is not written has its default, and a bare name is an object of it. */
  at(path: Path, document: unknown): readonly Schema[] {
    let schemas: readonly unknown[] = [this.#root];
    let value = document;
    for (const key of path) {
      const held = value === undefined ? agreedDefault(this.#all(schemas, undefined)) : value;
      const object = typeof held === 'string' ? { name: held } : held;
      schemas = this.#all(schemas, object).flatMap((part) => childrenOf(part, key));
      value = childOf(object, key);
    }
    return this.#all(schemas, value);
  }

  /** The names that the object at a path may have, as the schema orders them. */
  namesAt(path: Path, document: unknown): readonly KnownName[] {
    const parts = this.at(path, document);
    const required = new Set(parts.flatMap((part) => listOf(part['required'])));
    const found = new Map<string, Schema[]>();
    for (const { properties } of parts)
      if (isRecord(properties))
        for (const [name, schema] of Object.entries(properties))
          // `true` says that elsewhere is said whether the name belongs here.
          if (isRecord(schema))
            found.set(name, [...(found.get(name) ?? []), ...this.#parts(schema, undefined)]);
    return [...found].map(([name, own]) => ({ name, parts: own, isRequired: required.has(name) }));
  }

  /** The values that the schema names for a place, each once: of enumerations, booleans and null. */
  valuesAt(path: Path, document: unknown): readonly (string | number | boolean | null)[] {
    const values = this.at(path, document).flatMap((part): readonly unknown[] => {
      const types = Array.isArray(part['type']) ? (part['type'] as unknown[]) : [part['type']];
      return [
        ...namedValues(part),
        ...(types.includes('boolean') ? [true, false] : []),
        ...(types.includes('null') ? [null] : []),
      ];
    });
    return [...new Set(values)].filter(
      (value) => value === null || ['string', 'number', 'boolean'].includes(typeof value),
    ) as (string | number | boolean | null)[];
  }

  /** What a place is when nothing is written; undefined where the schema does not say, or it depends. */
  defaultAt(path: Path, document: unknown): unknown {
    return agreedDefault(this.at(path, document));
  }

  #all(schemas: readonly unknown[], value: unknown): readonly Schema[] {
    return schemas.flatMap((schema) => this.#parts(schema, value));
  }

  /** A schema and all that it refers to, as far as it is about such a value. */
  #parts(schema: unknown, value: unknown, depth = 0): readonly Schema[] {
    if (!isRecord(schema) || depth > MAX_DEPTH) return [];
    const { $ref, allOf, anyOf, oneOf, if: when, then, else: otherwise, ...own } = schema;
    const more = (inner: unknown): readonly Schema[] => this.#parts(inner, value, depth + 1);
    return [
      own,
      ...(typeof $ref === 'string' ? more(this.#resolve($ref)) : []),
      ...listOf(allOf).flatMap(more),
      ...[anyOf, oneOf].flatMap((branches) => this.#chosen(listOf(branches), value).flatMap(more)),
      ...(when === undefined ? [] : more(this.#fit(when, value) === 'fully' ? then : otherwise)),
    ];
  }

  /** The branches that suit a value best; all of them where none does, or nothing is written. */
  #chosen(branches: readonly unknown[], value: unknown): readonly unknown[] {
    if (value === undefined) return branches;
    const fits = branches.map((branch) => this.#fit(branch, value));
    const best = fits.includes('fully') ? 'fully' : 'partly';
    const chosen = branches.filter((_, at) => fits[at] === best);
    return chosen.length > 0 ? chosen : branches;
  }

  /** Whether a schema is about a value: by its type, its named values, and the names that it requires. */
  #fit(schema: unknown, value: unknown, depth = 0): Fit {
    if (!isRecord(schema) || depth > MAX_DEPTH) return schema === false ? 'no' : 'fully';
    const { $ref, type, properties, required, allOf, anyOf, oneOf } = schema;
    const fits: Fit[] = [];
    if (type !== undefined && !suitsType(type, value)) return 'no';
    const named = namedValues(schema);
    if (named.length > 0 && !named.includes(value)) return 'no';
    if (typeof $ref === 'string') fits.push(this.#fit(this.#resolve($ref), value, depth + 1));
    for (const inner of listOf(allOf))
      if (!isRecord(inner) || !('if' in inner)) fits.push(this.#fit(inner, value, depth + 1));
    for (const branches of [anyOf, oneOf])
      if (Array.isArray(branches)) {
        const inner = branches.map((branch) => this.#fit(branch, value, depth + 1));
        fits.push(inner.includes('fully') ? 'fully' : inner.includes('partly') ? 'partly' : 'no');
      }
    if (isRecord(value))
      for (const name of listOf(required)) {
        if (typeof name !== 'string') continue;
        if (!Object.hasOwn(value, name)) fits.push('partly');
        else if (isRecord(properties)) fits.push(this.#fit(properties[name], value[name], depth + 1));
      }
    return fits.includes('no') ? 'no' : fits.includes('partly') ? 'partly' : 'fully';
  }

  #resolve(reference: string): unknown {
    return reference
      .split('/')
      .slice(1)
      .reduce<unknown>(
        (at, name) => childOf(at, name.replaceAll('~1', '/').replaceAll('~0', '~')),
        this.#root,
      );
  }
}
