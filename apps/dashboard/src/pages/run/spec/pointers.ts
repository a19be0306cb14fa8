// Values of a JSON document by their place (RFC 6901), and where two documents differ.

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A place below another one. */
export const pointerTo = (parent: string, key: string | number): string =>
  `${parent}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;

/** The members of an object or a list, by key; null for a value that has none. */
export function membersOf(value: Json): [string, Json][] | null {
  return typeof value === 'object' && value !== null ? Object.entries(value as Record<string, Json>) : null;
}

/** Whether two values say the same; the order of an object's keys says nothing. */
export function isSame(a: Json | undefined, b: Json | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  const [ours, theirs] = [membersOf(a), membersOf(b)];
  if (ours === null || theirs === null) return a === b;
  if (Array.isArray(a) !== Array.isArray(b) || ours.length !== theirs.length) return false;
  const others = new Map(theirs);
  return ours.every(([key, value]) => isSame(value, others.get(key)));
}

/**
 * The places where a document differs from another one, with what stands there in the other: undefined where it has
 * nothing. Objects are compared member by member, all else as a whole.
 */
export function differences(
  document: Json,
  other: Json | undefined,
  at = '',
  found = new Map<string, Json | undefined>(),
): ReadonlyMap<string, Json | undefined> {
  const members = Array.isArray(document) ? null : membersOf(document);
  const others = other === undefined || Array.isArray(other) ? null : membersOf(other);
  if (members === null || others === null) {
    if (!isSame(document, other)) found.set(at, other);
    return found;
  }
  const known = new Map(others);
  for (const [key, value] of members) differences(value, known.get(key), pointerTo(at, key), found);
  return found;
}
