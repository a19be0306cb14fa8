// How deep a JSON value may be nested, before anything looks at what it says: what does may recurse.

/** Deepest nesting; a functional model of models stays far below. */
const MAX_DEPTH = 100;

export const TOO_DEEP = `is nested more than ${MAX_DEPTH} levels deep`;

interface Place {
  readonly value: object;
  readonly parent: Place | null;
  readonly key: string;
  readonly depth: number;
}

function pathOf(place: Place): string[] {
  const path: string[] = [];
  for (let at = place; at.parent !== null; at = at.parent) path.unshift(at.key);
  return path;
}

/** The path to a value that lies too deep; null when none does. Costs one walk, without recursion. */
export function findTooDeep(value: unknown): string[] | null {
  if (typeof value !== 'object' || value === null) return null;
  const rest: Place[] = [{ value, parent: null, key: '', depth: 0 }];
  for (let place = rest.pop(); place !== undefined; place = rest.pop()) {
    if (place.depth >= MAX_DEPTH) return pathOf(place);
    const entries: Iterable<[string | number, unknown]> = Array.isArray(place.value)
      ? place.value.entries()
      : Object.entries(place.value);
    for (const [key, inner] of entries)
      if (typeof inner === 'object' && inner !== null)
        rest.push({ value: inner, parent: place, key: String(key), depth: place.depth + 1 });
  }
  return null;
}
