// The settings of a run that somebody has chosen.

import { isDeepStrictEqual } from 'node:util';
import { createRunSchema, type RunSpec } from '@gradstream/sdk';

/** Settings that are told elsewhere, or are as long as a model. */
const LEFT_OUT: ReadonlySet<string> = new Set(['name', 'dataset', 'model']);

/** In place of the run's own, which says nothing of defaults and may be large. */
const ANY_MODEL = `mdl_${'0'.repeat(32)}`;

type Settings = Readonly<Record<string, unknown>>;

/** What a run was posted with, as far as it is settings: the server has added the rest. */
function postedSettings(spec: RunSpec): Settings {
  const { shape } = createRunSchema;
  const settings = Object.entries(spec).filter(([name]) => name in shape);
  return { ...Object.fromEntries(settings), model: ANY_MODEL };
}

const isGroup = (value: unknown): value is Settings =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const without = (group: Settings, name: string): Settings =>
  Object.fromEntries(Object.entries(group).filter(([key]) => key !== name));

/**
 * Settings that make the run another one than if they were left out, by their path (`inputs[0].scale`), in the order
 * of the spec: those without a default, and those that differ from it.
 */
export function chosenSettings(spec: RunSpec): Map<string, unknown> {
  const posted = postedSettings(spec);
  const chosen = new Map<string, unknown>();
  const complete = (settings: Settings): unknown => createRunSchema.safeParse(settings).data;
  const whole = complete(posted);
  /** `put` makes the whole spec with another group in this one's place. */
  const visit = (group: Settings, path: string, put: (other: Settings) => Settings): void => {
    for (const [name, value] of Object.entries(group)) {
      const at = `${path}${name}`;
      if (LEFT_OUT.has(at) || isDeepStrictEqual(complete(put(without(group, name))), whole)) continue;
      const putAt = (other: unknown): Settings => put({ ...group, [name]: other });
      if (isGroup(value)) visit(value, `${at}.`, putAt);
      else if (Array.isArray(value) && value.every(isGroup))
        value.forEach((entry, i) => {
          visit(entry, `${at}[${i}].`, (other) => putAt(value.with(i, other)));
        });
      else chosen.set(at, value);
    }
  };
  visit(posted, '', (other) => other);
  return chosen;
}
