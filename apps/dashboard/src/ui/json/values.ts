// Values of JSON, and places in them.

/** From the root: names of properties, and places in lists. */
export type Path = readonly (string | number)[];

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** JSON, or why it is none. */
export function parsed(text: string): { readonly value: unknown } | { readonly error: string } {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

/** The value at a path; undefined where there is none. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((at, key) => {
    if (Array.isArray(at)) return typeof key === 'number' ? (at[key] as unknown) : undefined;
    return isRecord(at) && Object.hasOwn(at, key) ? at[key] : undefined;
  }, value);
}

/** A path as a JSON pointer (RFC 6901). */
export const toPointer = (path: Path): string =>
  path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** The names of a JSON pointer. */
export const namesOf = (pointer: string): readonly string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));

/** A copy without what is at a path. */
export function without(value: unknown, [key, ...rest]: Path): unknown {
  if (key === undefined) return undefined;
  if (Array.isArray(value))
    return (value as unknown[]).map((inner, at) => (at === key ? without(inner, rest) : inner));
  if (!isRecord(value) || !Object.hasOwn(value, key)) return value;
  const { [key]: inner, ...others } = value;
  return rest.length === 0 ? others : { ...value, [key]: without(inner, rest) };
}

/** Lines are about so long at most. */
const WIDTH = 72;

/** A value on one line. */
function onOneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${(value as unknown[]).map(onOneLine).join(', ')}]`;
  if (!isRecord(value)) return JSON.stringify(value);
  const entries = Object.entries(value).map(([name, one]) => `${JSON.stringify(name)}: ${onOneLine(one)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}

/** JSON for people: its first level over lines, and what is in it on one where that fits. */
export function written(value: unknown, indent = ''): string {
  const isList = Array.isArray(value);
  const line = onOneLine(value);
  if (!isList && !isRecord(value)) return line;
  if (line.length <= 2 || (indent !== '' && indent.length + line.length <= WIDTH)) return line;
  const inner = `${indent}  `;
  const parts = isList
    ? (value as unknown[]).map((one) => written(one, inner))
    : Object.entries(value).map(([name, one]) => `${JSON.stringify(name)}: ${written(one, inner)}`);
  const [open, close] = isList ? '[]' : '{}';
  return `${open}\n${parts.map((part) => inner + part).join(',\n')}\n${indent}${close}`;
}
