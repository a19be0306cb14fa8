// What is said of a value that a schema refuses: of a name that is not known, of a value of another kind.

import { z } from 'zod';
import { nearestNames } from '../common/nearest.js';

/** How many names a "did you mean" has. */
const NEAR = 3;
/** Longest value that is shown whole. */
const SHOWN = 60;

/** Settings whose values are names of a list, by their key: what such a value is, and where the list is. */
const LISTS: Readonly<Record<string, readonly [noun: string, where: string]>> = {
  loss: ['loss', 'docs/losses-and-metrics.md'],
  metrics: ['metric', 'docs/losses-and-metrics.md'],
  optimizer: ['optimizer', 'docs/training.md'],
  schedule: ['schedule', 'docs/training.md'],
};

/** Kinds of values as people call them, by zod's name. */
const KINDS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
};

export interface Wording {
  /** The kind of mistake, where zod's word says less. */
  readonly code?: string;
  readonly message: string;
  readonly hint?: string;
}

const quoted = (value: unknown): string => {
  const text = JSON.stringify(value);
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
};

/** The nearest of the known names as a question; null where none is near. */
export function didYouMean(wrong: string, known: readonly string[]): string | null {
  const near = nearestNames(wrong, known, NEAR).map((name) => `"${name}"`);
  return near.length === 0 ? null : `Did you mean ${near.join(' or ')}?`;
}

/** Of a name that is none of a list; undefined: none was given. */
export function unknownName(path: readonly PropertyKey[], name: unknown, known: readonly string[]): Wording {
  const key = path.findLast((part) => typeof part === 'string' && Object.hasOwn(LISTS, part));
  const [noun, where] = LISTS[String(key)] ?? ['name', null];
  const list = `Known are ${known.join(', ')}`;
  if (name === undefined) return { message: `is missing: it says which ${noun}`, hint: list };
  const message = `there is no ${noun} ${quoted(name)}`;
  const near = typeof name === 'string' ? didYouMean(name, known) : null;
  const hint = near === null ? list : `${near}${where === null ? '' : ` All are in ${where}`}`;
  return { code: 'unknownName', message, hint };
}

/** Of a value that is none of a few. */
export function unknownValue(value: unknown, known: readonly unknown[]): Wording {
  const list = known.map((one) => JSON.stringify(one)).join(', ');
  const which = known.length === 1 ? list : `one of ${list}`;
  if (value === undefined) return { message: `is missing: it must be ${which}` };
  const texts = known.filter((one) => typeof one === 'string');
  const near = typeof value === 'string' ? didYouMean(value, texts) : null;
  return { message: `must be ${which}, not ${quoted(value)}`, ...(near === null ? {} : { hint: near }) };
}

/** Of a value of another kind. */
export function otherKind(value: unknown, expected: string): Wording {
  const kind = KINDS[expected] ?? expected;
  if (value === undefined) return { message: `is missing: it must be ${kind}` };
  const given =
    typeof value === 'object' && value !== null
      ? Array.isArray(value)
        ? 'a list'
        : 'an object'
      : quoted(value);
  return { message: `must be ${kind}, not ${given}` };
}

/** The keys that a schema knows, by the list of those that it refused: zod tells the schema to error maps alone. */
const knownKeys = new WeakMap<object, readonly string[]>();

/** For zod's `error` where input is parsed: says nothing itself, and notes what `unknownKey` will want to know. */
export const noteKnownKeys: z.core.$ZodErrorMap = (issue) => {
  if (issue.code === 'unrecognized_keys' && issue.inst instanceof z.ZodObject)
    knownKeys.set(issue.keys, Object.keys(issue.inst.shape));
  return undefined;
};

/** The nearest keys to one of those that a schema refused, as a question; null where none is near. */
export const nearKey = (key: string, refused: readonly string[]): string | null =>
  didYouMean(key, knownKeys.get(refused) ?? []);
