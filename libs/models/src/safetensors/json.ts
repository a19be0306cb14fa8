// JSON of a file that may be hostile. JSON.parse takes the last of several equal keys without a word, so that two
// readers can see two different files; here that is an error.

import { invalidCheckpoint, quoted } from './invalid.js';

/** Keys that mean something else to JavaScript than to whoever wrote them. */
const PROTOTYPE_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

export interface JsonLimits {
  readonly maxBytes: number;
  readonly maxDepth: number;
}

/** The value that UTF-8 bytes hold. Throws CHECKPOINT_INVALID. */
export function parseJson(file: string, bytes: Uint8Array, { maxBytes, maxDepth }: JsonLimits): unknown {
  if (bytes.byteLength > maxBytes)
    throw invalidCheckpoint(file, `has ${bytes.byteLength} bytes of JSON, the limit is ${maxBytes}`);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw invalidCheckpoint(file, 'has JSON that is not UTF-8', undefined, cause);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw invalidCheckpoint(file, 'has broken JSON', undefined, cause);
  }
  const problem = problemOfKeys(text, maxDepth);
  if (problem !== null) throw invalidCheckpoint(file, problem);
  return value;
}

/** Where a string ends: the place after its closing quote. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

/** Whether the next character that is no blank is a colon. */
function isKey(text: string, end: number): boolean {
  let at = end;
  while (' \t\n\r'.includes(text[at] ?? '?')) at++;
  return text[at] === ':';
}

/** What is wrong with the keys of valid JSON; null when nothing is. One walk, without recursion. */
function problemOfKeys(text: string, maxDepth: number): string | null {
  // The keys of each object or array that is open.
  const open: Set<string>[] = [];
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '{' || char === '[') {
      if (open.push(new Set()) > maxDepth) return `is nested more than ${maxDepth} levels deep`;
    } else if (char === '}' || char === ']') {
      open.pop();
    } else if (char === '"') {
      const end = endOfString(text, at);
      if (isKey(text, end)) {
        const key = String(JSON.parse(text.slice(at, end)));
        const keys = open.at(-1);
        if (keys?.has(key)) return `names ${quoted(key)} twice`;
        if (PROTOTYPE_KEYS.has(key)) return `uses ${quoted(key)} as a name`;
        keys?.add(key);
      }
      at = end - 1;
    }
  }
  return null;
}
