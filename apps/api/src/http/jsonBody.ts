// How deep a JSON body may be nested, before anything looks at what it says: what does may recurse.

import { GradstreamError, toPointer } from '@gradstream/contracts';

/** Deepest nesting; a functional model of models stays far below. */
const MAX_DEPTH = 100;

interface Place {
  readonly value: object;
  readonly parent: Place | null;
  readonly key: string;
  readonly depth: number;
}

function refuse(place: Place): GradstreamError {
  const path: string[] = [];
  for (let at = place; at.parent !== null; at = at.parent) path.unshift(at.key);
  const message = `is nested more than ${MAX_DEPTH} levels deep`;
  return new GradstreamError('VALIDATION_FAILED', 'Correct the fields that are named, and send it again.', {
    errors: [{ pointer: toPointer(path), code: 'tooDeep', message }],
  });
}

/** Throws VALIDATION_FAILED. Costs one walk over the body, without recursion. */
export function checkJsonBody(body: unknown): void {
  if (typeof body !== 'object' || body === null) return;
  const rest: Place[] = [{ value: body, parent: null, key: '', depth: 0 }];
  for (let place = rest.pop(); place !== undefined; place = rest.pop()) {
    const { value, depth } = place;
    if (depth >= MAX_DEPTH) throw refuse(place);
    const entries: Iterable<[string | number, unknown]> = Array.isArray(value)
      ? value.entries()
      : Object.entries(value);
    for (const [key, inner] of entries)
      if (typeof inner === 'object' && inner !== null)
        rest.push({ value: inner, parent: place, key: String(key), depth: depth + 1 });
  }
}
