// The words that a JSON Schema knows, for completion: names of settings, and values that are one of a few.

export interface SchemaWords {
  readonly names: readonly string[];
  readonly values: readonly string[];
}

/** All names and values, each once, in alphabetical order. */
export function schemaWords(schema: unknown): SchemaWords {
  const [names, values] = [new Set<string>(), new Set<string>()];
  const visit = (at: unknown): void => {
    if (typeof at !== 'object' || at === null) return;
    const entries: [string, unknown][] = Object.entries(at);
    for (const [key, inner] of entries) {
      if (key === 'properties' && typeof inner === 'object' && inner !== null)
        for (const name of Object.keys(inner)) names.add(name);
      const told: unknown[] = key === 'enum' && Array.isArray(inner) ? inner : key === 'const' ? [inner] : [];
      for (const value of told) if (typeof value === 'string') values.add(value);
      visit(inner);
    }
  };
  visit(schema);
  return { names: [...names].sort(), values: [...values].sort() };
}
