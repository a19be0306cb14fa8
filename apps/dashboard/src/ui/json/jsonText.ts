// JSON as a person wrote it: changed at one place while the rest stays as it is, and found by JSON pointers.

import { applyEdits, findNodeAtLocation, getNodeValue, modify, parseTree, type Node } from 'jsonc-parser';
import { isRecord, namesOf, parsed, type Path } from './values.js';

const formattingOptions = { insertSpaces: true, tabSize: 2, eol: '\n' };

const edited = (text: string, path: Path, value: unknown): string =>
  applyEdits(text, modify(text, [...path], value, { formattingOptions }));

/** What stood there, with a value at a path in it. */
function holding(start: unknown, [key, ...rest]: Path, value: unknown): unknown {
  if (key === undefined) return value;
  if (typeof key === 'number') {
    const list: unknown[] = Array.isArray(start) ? [...(start as unknown[])] : [];
    list[key] = holding(list[key], rest, value);
    return list;
  }
  const held = isRecord(start) ? start : {};
  return { ...held, [key]: holding(held[key], rest, value) };
}

/**
 * The text with another value at a path; without it for undefined. On the way a bare name becomes an object of that name,
 * and what is not there begins as `initialAt` says. A text that is no object is left as it is.
 */
export function withValue(
  text: string,
  path: Path,
  value: unknown,
  initialAt: (path: Path) => unknown = () => undefined,
): string {
  const found = parsed(text);
  const tree = parseTree(text);
  if (!('value' in found) || !isRecord(found.value) || tree === undefined) return text;
  for (let depth = 1; depth < path.length; depth++) {
    const at = path.slice(0, depth);
    const node = findNodeAtLocation(tree, [...at]);
    if (node?.type === 'object' || node?.type === 'array') continue;
    if (value === undefined) return text;
    const held: unknown = node === undefined ? initialAt(at) : getNodeValue(node);
    const start = typeof held === 'string' ? { name: held } : held;
    return edited(text, at, holding(start, path.slice(depth), value));
  }
  if (value === undefined && findNodeAtLocation(tree, [...path]) === undefined) return text;
  return edited(text, path, value);
}

/** From one place of a text to another. */
export interface TextRange {
  readonly from: number;
  readonly to: number;
}

const rangeOf = ({ offset, length }: Node): TextRange => ({ from: offset, to: offset + length });

const childAt = (node: Node, name: string): Node | undefined =>
  findNodeAtLocation(node, [node.type === 'array' ? Number(name) : name]);

/**
 * Where a JSON pointer leads in a text: to the value; to the name of what holds several values, of what is not known, or in
 * which something is missing. Null where the text has nothing at all.
 */
export function placeOf(text: string, pointer: string, isNameAtFault = false): TextRange | null {
  let node = parseTree(text);
  if (node === undefined) return null;
  let isMissing = false;
  for (const name of namesOf(pointer)) {
    const child: Node | undefined = childAt(node, name);
    isMissing = child === undefined;
    if (child === undefined) break;
    node = child;
  }
  const name = node.parent?.type === 'property' ? node.parent.children?.[0] : undefined;
  const isScalar = node.type !== 'object' && node.type !== 'array';
  if (isScalar && !isNameAtFault && !isMissing) return rangeOf(node);
  return name ? rangeOf(name) : isScalar ? rangeOf(node) : { from: node.offset, to: node.offset + 1 };
}
