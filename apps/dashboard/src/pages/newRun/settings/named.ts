// Settings that are a name, or an object with that name and options: optimizer, schedule, loss.

import type { SchemaReader } from '../../../ui/json/SchemaReader.js';
import { isRecord, valueAt, without, type Path } from '../../../ui/json/values.js';

/** The name that is written; undefined where there is none. */
export function nameAt(document: unknown, path: Path): string | undefined {
  const value = valueAt(document, path);
  const name = isRecord(value) ? value['name'] : value;
  return typeof name === 'string' ? name : undefined;
}

/** A document in which the object at a path has a name, and nothing else. */
function withName(document: unknown, [key, ...rest]: Path, name: string): unknown {
  if (key === undefined) return { name };
  const held = isRecord(document) ? document : {};
  return { ...held, [key]: withName(held[key], rest, name) };
}

/** The options of what is named at a path, or is there by default, without the name. */
export function optionsAt(reader: SchemaReader, path: Path, document: unknown): readonly string[] {
  const initial = reader.defaultAt(path, without(document, path));
  const name = nameAt(document, path) ?? (typeof initial === 'string' ? initial : undefined);
  if (name === undefined) return [];
  return reader
    .namesAt(path, withName(document, path, name))
    .map((known) => known.name)
    .filter((option) => option !== 'name');
}

/** What is written at a path under another name: with those of its options that this one has, too. */
export function renamed(reader: SchemaReader, path: Path, document: unknown, name: string): unknown {
  const value = valueAt(document, path);
  const known = optionsAt(reader, path, withName(document, path, name));
  const kept = isRecord(value) ? Object.entries(value).filter(([option]) => known.includes(option)) : [];
  return kept.length === 0 ? name : { name, ...Object.fromEntries(kept) };
}
