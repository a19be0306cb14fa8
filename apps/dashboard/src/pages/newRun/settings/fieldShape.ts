// What a field of the form has to be, by the schema of the setting.

import type { SchemaReader } from '../../../ui/json/SchemaReader.js';
import { without, type Path } from '../../../ui/json/values.js';

export interface FieldShape {
  readonly kind: 'number' | 'text' | 'choice';
  /** Values to choose of; of numbers, words that may stand in their place. */
  readonly choices: readonly (string | boolean)[];
  /** What it is when nothing is written; undefined where the schema does not say. */
  readonly initial: unknown;
  readonly isRequired: boolean;
  readonly hint: string | undefined;
}

/** The field of a setting; null for what has no field, such as lists. */
export function fieldShape(reader: SchemaReader, path: Path, document: unknown): FieldShape | null {
  const rest = without(document, path);
  const parts = reader.at(path, rest);
  const types = new Set(parts.flatMap((part) => part['type']));
  const choices = reader
    .valuesAt(path, rest)
    .filter((value) => typeof value === 'string' || typeof value === 'boolean');
  const isNumber = types.has('number') || types.has('integer');
  if (!isNumber && choices.length === 0 && !types.has('string')) return null;
  const hint = parts.map((part) => part['description']).find((text) => typeof text === 'string');
  const kind = isNumber ? 'number' : choices.length > 0 ? 'choice' : 'text';
  const isRequired = reader
    .namesAt(path.slice(0, -1), rest)
    .some((known) => known.name === path.at(-1) && known.isRequired);
  return { kind, choices, initial: reader.defaultAt(path, rest), isRequired, hint };
}

/** A value of JSON as a field shows it. */
export function shownValue(value: unknown): string {
  if (value === null) return 'none';
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  return JSON.stringify(value);
}

/** What a field that is empty stands for. */
export function defaultText({ initial, isRequired }: Pick<FieldShape, 'initial' | 'isRequired'>): string {
  if (initial !== undefined) return `default: ${shownValue(initial)}`;
  return isRequired ? 'has to be said' : 'not set';
}

/** The name of a setting in words: `minLearningRate` as "Min learning rate". */
export function labelOf(name: string): string {
  const words = name.replaceAll(/(?<=[a-z0-9])[A-Z]|(?<=[a-z])\d+$/g, (part) => ` ${part.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
