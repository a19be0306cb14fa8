// The forms that a named object with settings comes in.

import type { z } from 'zod';

/** A name and settings, and where they lie in what was given. */
export interface Form {
  readonly name: string;
  readonly namePath: PropertyKey[];
  readonly settings: Readonly<Record<string, unknown>>;
  readonly settingsPath: PropertyKey[];
  /** Whether it was a name alone. */
  readonly bare: boolean;
}

/** What Keras writes beside class and config, and what follows from these. */
const BESIDE = new Set(['module', 'registered_name', 'build_config', 'shared_object_id', 'config']);

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Reads "name", {class_name, config, …}, {className, config}, or {name, …settings}. Adds an issue and returns null for
 * anything else.
 */
export function readForm(
  given: unknown,
  noun: string,
  context: { readonly issues: z.core.$ZodRawIssue[] },
): Form | null {
  const refuse = (message: string, path: PropertyKey[] = []): null => {
    context.issues.push({ code: 'custom', message, input: given, path });
    return null;
  };
  if (typeof given === 'string') {
    return { name: given, namePath: [], settings: {}, settingsPath: [], bare: true };
  }
  if (!isRecord(given))
    return refuse(`must be the name of a known ${noun}, or an object with class_name and config`);
  const key = ['class_name', 'className', 'name'].find((candidate) => Object.hasOwn(given, candidate));
  if (key === undefined) return refuse(`has no class_name: it has to name a known ${noun}`);
  const { [key]: name, ...rest } = given;
  if (typeof name !== 'string') return refuse(`must be the name of a known ${noun}`, [key]);
  if (key === 'name') return { name, namePath: [key], settings: rest, settingsPath: [], bare: false };
  const unknown = Object.keys(rest).filter((other) => !BESIDE.has(other));
  if (unknown.length > 0) {
    context.issues.push({ code: 'unrecognized_keys', keys: unknown, input: given, path: [] });
    return null;
  }
  const settings = rest['config'] ?? {};
  if (!isRecord(settings)) return refuse('must be an object of settings', ['config']);
  return { name, namePath: [key], settings, settingsPath: ['config'], bare: false };
}
