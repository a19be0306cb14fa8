// A run that is being written: kept for the tab, so that a reload loses nothing.

import { createRunSchema, type NewRun, type Run } from '@gradstream/sdk';
import { z } from 'zod';
import { templates, type Template } from './templates.js';

const draftSchema = z.object({
  datasetId: z.string().nullable(),
  /** JSON as it was typed: it may be broken. */
  model: z.string(),
  settings: z.string(),
});
export type Draft = z.infer<typeof draftSchema>;

const STORE = 'gradstream.newRun';
const written = (value: unknown): string => JSON.stringify(value, null, 2);

/** A draft with a template's network and settings. */
export const fromTemplate = (draft: Draft, { model, settings }: Template): Draft => ({
  ...draft,
  model: written(model),
  settings: written(settings),
});

const [first] = templates;
const EMPTY: Draft = {
  datasetId: null,
  model: written(first?.model ?? []),
  settings: written(first?.settings ?? {}),
};

/** What was kept; the first template where there is nothing. */
export function loadDraft(storage: Pick<Storage, 'getItem'>): Draft {
  try {
    return draftSchema.parse(JSON.parse(storage.getItem(STORE) ?? 'null'));
  } catch {
    return EMPTY; // Nothing kept, or by another version.
  }
}

export function saveDraft(storage: Pick<Storage, 'setItem'>, draft: Draft): void {
  storage.setItem(STORE, JSON.stringify(draft));
}

/** The settings of a run, to make another one like it. */
export function likeRun({ spec }: Pick<Run, 'spec'>): Draft {
  const names = Object.keys(createRunSchema.shape).filter((name) => name !== 'dataset' && name !== 'model');
  const all: Readonly<Record<string, unknown>> = spec;
  const settings = Object.fromEntries(names.flatMap((name) => (name in all ? [[name, all[name]]] : [])));
  return { datasetId: spec.dataset, model: written(spec.model.definition), settings: written(settings) };
}

/** JSON, or why it is none. */
export function parsed(text: string): { readonly value: unknown } | { readonly error: string } {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

/** What is posted; null while a part is no JSON, or no dataset is chosen. */
export function toRun({ datasetId, model, settings }: Draft): NewRun | null {
  const [network, rest] = [parsed(model), parsed(settings)];
  if (datasetId === null || !('value' in network) || !('value' in rest)) return null;
  // The server says what is wrong with it, with the place of each mistake.
  return { ...(rest.value as object), dataset: datasetId, model: network.value } as NewRun;
}

/** Settings with one of them changed, at a path; as they were where they are no object. */
export function withSetting(text: string, path: readonly string[], value: unknown): string {
  const found = parsed(text);
  if (!('value' in found) || typeof found.value !== 'object' || found.value === null) return text;
  const changed = (at: object, [name = '', ...rest]: readonly string[]): object => {
    const inner: unknown = Reflect.get(at, name);
    const next = typeof inner === 'object' && inner !== null ? inner : {};
    return { ...at, [name]: rest.length === 0 ? value : changed(next, rest) };
  };
  return written(changed(found.value, path));
}

/** The setting at a path; undefined where it is not said. */
export function settingAt(text: string, path: readonly string[]): unknown {
  const found = parsed(text);
  return path.reduce<unknown>(
    (at, name) => (typeof at === 'object' && at !== null ? Reflect.get(at, name) : undefined),
    'value' in found ? found.value : undefined,
  );
}
