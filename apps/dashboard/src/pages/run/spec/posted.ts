// A stored spec as it would be posted, and what of it somebody has set.

import { createRunSchema, type NewRun, type RunSpec } from '@gradstream/sdk';
import { isSame, membersOf, pointerTo, type Json } from './pointers.js';

/** What the server has added to what was posted. */
const STORED = [
  ...(['specVersion', 'engineVersion', 'datasetSha256', 'inputColumns', 'inputWidths'] as const),
  ...(['targetColumns', 'classCount', 'targetType', 'outputTargets', 'origin'] as const),
] satisfies readonly (keyof RunSpec)[];
const stored: ReadonlySet<string> = new Set(STORED);

/** The spec as a run is posted: posted again, it makes a run that learns the same. */
export function toPosted({ model, ...spec }: RunSpec): NewRun {
  const settings = Object.entries(spec).filter(([name]) => !stored.has(name));
  // Without what is stored alone, a spec has the settings of a posted run: the server checks that, too.
  return { ...Object.fromEntries(settings), model: model.id ?? model.definition } as unknown as NewRun;
}

const completed = (posted: unknown): Json | undefined => {
  const parsed = createRunSchema.safeParse(posted);
  return parsed.success ? (parsed.data as unknown as Json) : undefined;
};

const without = (members: readonly [string, Json][], key: string): Json =>
  Object.fromEntries(members.filter(([name]) => name !== key));

/**
 * The places of settings that make the run another one than if they were left out: those without a default, and those
 * that differ from it. Cost: one check of the spec a setting.
 */
export function placesSet(posted: NewRun): ReadonlySet<string> {
  const complete = completed(posted);
  const found = new Set(['/model']); // As large as it likes, and nothing in it has a default of a run.
  /** `put` makes the whole document with another value at this place. */
  const visit = (value: Json, at: string, put: (other: Json) => Json): void => {
    const members = membersOf(value) ?? [];
    const list: readonly Json[] | null = Array.isArray(value) ? value : null;
    const parts = list === null ? members : members.filter(([, member]) => membersOf(member) !== null);
    if (parts.length === 0) found.add(at);
    const putAt = (key: string, other: Json): Json =>
      put(list === null ? { ...Object.fromEntries(members), [key]: other } : list.with(Number(key), other));
    for (const [key, member] of parts) {
      if (at === '' && key === 'model') continue;
      if (list === null && isSame(completed(put(without(members, key))), complete)) continue;
      visit(member, pointerTo(at, key), (other) => putAt(key, other));
    }
  };
  visit(posted as unknown as Json, '', (other) => other);
  return found;
}
