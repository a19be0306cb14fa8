// The settings of several runs side by side.

export interface Setting {
  /** Where it stands in the spec: names joined by dots. */
  readonly path: string;
  /** Its value in each run, as JSON; null where a run has no such setting. */
  readonly values: readonly (string | null)[];
  readonly isDifferent: boolean;
}

/** What identifies a run or its data, and is not chosen. */
const LEFT_OUT = new Set(['specVersion', 'datasetSha256', 'name']);

/** The leaves of a JSON value by path; a list of plain values is one leaf. */
function leaves(value: unknown, path: string, found: Map<string, string>): Map<string, string> {
  const isPlain = typeof value !== 'object' || value === null;
  if (isPlain || (Array.isArray(value) && value.every((entry) => typeof entry !== 'object'))) {
    found.set(path, JSON.stringify(value));
    return found;
  }
  for (const [key, entry] of Object.entries(value)) {
    const at = path === '' ? key : `${path}.${key}`;
    if (!LEFT_OUT.has(at)) leaves(entry, at, found);
  }
  return found;
}

/** All settings of some specs; those that differ come first, each kind in the order in which specs name them. */
export function compareSettings(specs: readonly object[]): Setting[] {
  const all = specs.map((spec) => leaves(spec, '', new Map()));
  const paths = [...new Set(all.flatMap((found) => [...found.keys()]))];
  const settings = paths.map((path) => {
    const values = all.map((found) => found.get(path) ?? null);
    return { path, values, isDifferent: new Set(values).size > 1 };
  });
  return [...settings.filter((each) => each.isDifferent), ...settings.filter((each) => !each.isDifferent)];
}
