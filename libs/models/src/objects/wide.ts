// How many entries one list or object may have, before anything looks at what it says: a schema lists a problem for
// each of them.

const isNumbers = (list: readonly unknown[]): boolean =>
  list.every((entry) => typeof entry === 'number' || Array.isArray(entry));

export interface TooWide {
  readonly path: readonly string[];
  readonly entries: number;
}

interface Place {
  readonly value: object;
  readonly parent: Place | null;
  readonly key: string;
}

function pathOf(place: Place): string[] {
  const path: string[] = [];
  for (let at = place; at.parent !== null; at = at.parent) path.unshift(at.key);
  return path;
}

/**
 * The list or object with more entries than a limit; null when there is none. Lists of numbers under the keys `long` may
 * have any number. Costs one walk, without recursion.
 */
export function findTooWide(value: unknown, limit: number, long: ReadonlySet<string>): TooWide | null {
  if (typeof value !== 'object' || value === null) return null;
  const rest: Place[] = [{ value, parent: null, key: '' }];
  for (let place = rest.pop(); place !== undefined; place = rest.pop()) {
    const list = Array.isArray(place.value) ? (place.value as readonly unknown[]) : null;
    if (list && long.has(place.key) && isNumbers(list)) continue;
    const keys = list ? null : Object.keys(place.value);
    const entries = list?.length ?? keys?.length ?? 0;
    if (entries > limit) return { path: pathOf(place), entries };
    for (const key of keys ?? list?.keys() ?? []) {
      const inner = (place.value as Readonly<Record<string | number, unknown>>)[key];
      if (typeof inner === 'object' && inner !== null)
        rest.push({ value: inner, parent: place, key: String(key) });
    }
  }
  return null;
}
