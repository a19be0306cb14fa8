// What may be written at a place of a JSON text, by its schema: names of an object that it lacks, or values.

import { getLocation, getNodeValue, parseTree } from 'jsonc-parser';
import type { Schema, SchemaReader } from './SchemaReader.js';
import type { TextRange } from './jsonText.js';
import { isRecord, valueAt, without, type Path } from './values.js';

export interface Suggestion {
  readonly label: string;
  /** What is written for it. */
  readonly insert: string;
  readonly kind: 'name' | 'value';
  /** Its default or type, in short. */
  readonly detail: string;
  /** What it is for. */
  readonly info: string | null;
}

export interface Suggestions {
  /** What is replaced by the one that is chosen. */
  readonly range: TextRange;
  readonly options: readonly Suggestion[];
}

/** Words that the schema does not know, for places such as columns of a dataset. */
export type WordsAt = (path: Path) => readonly string[];

const firstText = (parts: readonly Schema[], key: string): string | null => {
  const found = parts.map((part) => part[key]).find((text) => typeof text === 'string');
  return typeof found === 'string' ? found : null;
};

/** A default, or what kind of value it is. */
function detailOf(parts: readonly Schema[], isRequired: boolean): string {
  if (isRequired) return 'needed';
  const initial = parts.find((part) => Object.hasOwn(part, 'default'))?.['default'];
  if (initial === undefined || (isRecord(initial) && Object.keys(initial).length === 0))
    return firstText(parts, 'type') ?? '';
  return `default: ${JSON.stringify(initial)}`;
}

/** Strings, of which the last one of a line may be open, numbers and bare words. */
const WORDS = /"(?:[^"\\\n]|\\.)*"?|[\w.+-]+/g;
const CLOSED = /^"(?:[^"\\\n]|\\.)*"$/;

/** The word in which a place is; nothing, at the place, where it is in none. */
function wordAt(text: string, position: number): TextRange {
  for (const { 0: word, index: from } of text.matchAll(WORDS)) {
    const to = from + word.length;
    if (from >= position) break;
    if (to > position || (to === position && !CLOSED.test(word))) return { from, to };
  }
  return { from: position, to: position };
}

/** Names that the object at a path may have, and has not; those that it needs first. */
function namesFor(reader: SchemaReader, path: Path, document: unknown, rest: string): readonly Suggestion[] {
  const there = valueAt(document, path);
  const hasColon = /^\s*:/.test(rest);
  return reader
    .namesAt(path, document)
    .filter(({ name }) => !isRecord(there) || !Object.hasOwn(there, name))
    .toSorted((a, b) => Number(b.isRequired) - Number(a.isRequired))
    .map(({ name, parts, isRequired }) => ({
      label: name,
      insert: `${JSON.stringify(name)}${hasColon ? '' : ': '}`,
      kind: 'name',
      detail: detailOf(parts, isRequired),
      info: firstText(parts, 'description'),
    }));
}

/** Values that the schema names for a path; the default, too, where it is a number. */
function valuesFor(
  reader: SchemaReader,
  path: Path,
  document: unknown,
  more: WordsAt,
): readonly Suggestion[] {
  const initial = reader.defaultAt(path, document);
  const numbers = typeof initial === 'number' ? [initial] : [];
  const values = new Set<unknown>([...more(path), ...reader.valuesAt(path, document), ...numbers]);
  return [...values].map((value) => ({
    label: typeof value === 'string' ? value : JSON.stringify(value),
    insert: JSON.stringify(value),
    kind: 'value',
    detail: value === initial ? 'default' : '',
    info: null,
  }));
}

/** A text as far as it can be read. */
function read(text: string): unknown {
  const tree = parseTree(text);
  return tree && (getNodeValue(tree) as unknown);
}

/** What may be written at a place of a text. */
export function suggestionsAt(
  reader: SchemaReader,
  text: string,
  position: number,
  more: WordsAt = () => [],
): Suggestions {
  const range = wordAt(text, position);
  const { path, isAtPropertyKey } = getLocation(text, position);
  // That the word at the place is not finished says nothing of what may stand there.
  const document = without(read(text), path);
  const options = isAtPropertyKey
    ? namesFor(reader, path.slice(0, -1), document, text.slice(range.to))
    : valuesFor(reader, path, document, more);
  return { range, options };
}
