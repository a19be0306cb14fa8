// A run that is being written: kept for the tab, so that a reload loses nothing.

import { createRunSchema, type NewRun, type Run } from '@gradstream/sdk';
import { z } from 'zod';
import { parsed, written } from '../../ui/json/values.js';
import { templates, type Template } from './templates.js';

const draftSchema = z.object({
  datasetId: z.string().nullable(),
  /** A stored model; null where the text below is the model. */
  modelId: z.string().nullable().default(null),
  /** JSON as it was typed: it may be broken. */
  model: z.string(),
  settings: z.string(),
  /** What was written for a dataset: as long as it stands unchanged, another dataset may change it. */
  guessed: z.object({ model: z.string(), settings: z.string() }).nullable().default(null),
});
export type Draft = z.infer<typeof draftSchema>;

/** Whose draft: of a project, and of each run that another one is to be like, one by itself. */
export interface DraftScope {
  /** The key in use. */
  readonly keyId: string;
  readonly like?: string | null;
}

const storeOf = ({ keyId, like = null }: DraftScope): string =>
  `gradstream.newRun.${keyId}${like === null ? '' : `.${like}`}`;

/** A draft with a template's network and settings. */
export const fromTemplate = (draft: Draft, { model, settings }: Template): Draft => ({
  ...draft,
  modelId: null,
  model: written(model),
  settings: written(settings),
});

const [first] = templates;
const EMPTY: Draft = {
  datasetId: null,
  modelId: null,
  model: written(first?.model ?? []),
  settings: written(first?.settings ?? {}),
  guessed: null,
};

/** What was kept; else what it begins with: the first template, where nothing else is given. */
export function loadDraft(storage: Pick<Storage, 'getItem'>, scope: DraftScope, begin = EMPTY): Draft {
  try {
    return draftSchema.parse(JSON.parse(storage.getItem(storeOf(scope)) ?? 'null'));
  } catch {
    return begin; // Nothing kept, or by another version.
  }
}

export function saveDraft(storage: Pick<Storage, 'setItem'>, scope: DraftScope, draft: Draft): void {
  storage.setItem(storeOf(scope), JSON.stringify(draft));
}

/** The settings of a run, to make another one like it. */
export function likeRun({ spec }: Pick<Run, 'spec'>): Draft {
  const names = Object.keys(createRunSchema.shape).filter((name) => name !== 'dataset' && name !== 'model');
  const all: Readonly<Record<string, unknown>> = spec;
  const settings = Object.fromEntries(names.flatMap((name) => (name in all ? [[name, all[name]]] : [])));
  const { id, definition } = spec.model;
  return {
    ...{ datasetId: spec.dataset, modelId: id, guessed: null },
    ...{ model: written(definition), settings: written(settings) },
  };
}

/** A run as far as it is written: without a dataset it can be checked, and not started. */
export type RunDraft = Omit<NewRun, 'dataset'> & Partial<Pick<NewRun, 'dataset'>>;

/** What is checked and posted; null while a part is no JSON. The server says what is wrong with it. */
export function toRun({ datasetId, modelId, model, settings }: Draft): RunDraft | null {
  const network = modelId === null ? parsed(model) : { value: modelId };
  const rest = parsed(settings);
  if (!('value' in network) || !('value' in rest)) return null;
  const dataset = datasetId === null ? {} : { dataset: datasetId };
  return { ...(rest.value as object), ...dataset, model: network.value } as RunDraft;
}

export const isWhole = (run: RunDraft | null): run is NewRun => run?.dataset !== undefined;
