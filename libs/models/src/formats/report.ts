// Problems of a definition, with places in the document that was given.

import { toPointer, type ProblemItem } from '@gradstream/contracts';
import { camelCase } from '../objects/names.js';
import { isRecord } from '../objects/forms.js';

/** Most problems that are listed; one more says how many there are besides. */
const MOST = 100;

/** Where a setting of Keras 3's may lie in the other formats. */
const ELSEWHERE: Readonly<Record<string, readonly string[]>> = {
  class_name: ['type'],
  batch_shape: ['batch_input_shape', 'shape', 'input'],
  batch_input_shape: ['input'],
  negative_slope: ['alpha'],
};

/** Codes that zod gives: their messages do not name the key. */
const OF_SCHEMAS = new Set([
  'invalid_type',
  'invalid_value',
  'invalid_union',
  'custom',
  'too_small',
  'too_big',
]);

const MISSING = 'received undefined';

const unescape = (part: string): string => part.replaceAll('~1', '/').replaceAll('~0', '~');

/** The place in a document that a pointer in Keras 3's terms means, as far as it exists, and the keys that do not. */
function locate(document: unknown, pointer: string): { found: string[]; missing: string[] } {
  const parts = pointer.split('/').slice(1).map(unescape);
  const found: string[] = [];
  let value = document;
  for (const [index, part] of parts.entries()) {
    let key: string | undefined;
    if (Array.isArray(value)) key = /^\d+$/.test(part) && Object.hasOwn(value, part) ? part : undefined;
    else if (isRecord(value)) {
      const record = value;
      const names = [part, camelCase(part), ...((Object.hasOwn(ELSEWHERE, part) && ELSEWHERE[part]) || [])];
      key = names.find((name) => Object.hasOwn(record, name));
      // Our shorthand has settings beside the type.
      if (key === undefined && part === 'config') continue;
      // A layer of a model in a TimeDistributed is in one of its own, which is not written.
      if (key === undefined && part === 'layer' && index < parts.length - 1) continue;
    }
    if (key === undefined) return { found, missing: parts.slice(index) };
    found.push(key);
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return { found, missing: [] };
}

/** Moves a problem to a place that exists; says the key that is missing there. */
function place(document: unknown, problem: ProblemItem): ProblemItem {
  const { found, missing } = locate(document, problem.pointer ?? '');
  const pointer = toPointer(found);
  if (missing.length === 0 || !OF_SCHEMAS.has(problem.code)) return { ...problem, pointer };
  const key = missing.join('.');
  const message = problem.message.includes(MISSING) ? `"${key}" is missing` : `"${key}" ${problem.message}`;
  return { ...problem, pointer, message };
}

/** Each problem once, at a place that exists in the document, and no more of them than people read. */
export function report(document: unknown, problems: readonly ProblemItem[]): ProblemItem[] {
  const distinct = new Map<string, ProblemItem>();
  for (const problem of problems) {
    const placed = place(document, problem);
    distinct.set(`${placed.pointer ?? ''} ${placed.code} ${placed.message}`, placed);
    if (distinct.size > MOST) break;
  }
  const listed = [...distinct.values()].slice(0, MOST);
  if (distinct.size <= MOST) return listed;
  const message = `there are more than ${MOST} problems`;
  const hint = 'Correct those that are listed, and send it again to see the others';
  return [...listed, { pointer: '', code: 'tooMany', message, hint }];
}
