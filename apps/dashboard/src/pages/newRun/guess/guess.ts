// What a dataset suggests for settings and network. Only what nobody has written is changed: what a template or an earlier
// guess has put there, and what is missing.

import type { DatasetColumn } from '@gradstream/sdk';
import { isRecord, parsed, valueAt, written } from '../../../ui/json/values.js';
import type { Draft } from '../draft.js';
import { expandColumns } from '../settings/columns.js';
import { templates } from '../templates.js';
import { likelyInput, type Taken } from './inputs.js';
import { fitted, networkFor } from './network.js';
import { learnedAs, likelyTarget, type Learned } from './targets.js';

export interface Guess extends Pick<Draft, 'model' | 'settings'> {
  /** What was changed, and why. */
  readonly notes: readonly string[];
}

type Settings = Readonly<Record<string, unknown>>;

const LOSSES = {
  classification: { loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] },
  binary: { loss: 'binaryCrossentropy', metrics: ['accuracy'] },
  regression: { loss: 'meanSquaredError', metrics: ['meanAbsoluteError'] },
} as const;

/** Whether a text was put there by the page itself. */
const isOurs = (draft: Draft, part: 'model' | 'settings'): boolean =>
  draft.guessed?.[part] === draft[part] ||
  templates.some((template) => written(template[part]) === draft[part]);

/** Whether all that the inputs name is there. */
function namesKnown(inputs: unknown, known: readonly string[]): boolean {
  if (!Array.isArray(inputs) || inputs.length === 0) return false;
  return (inputs as unknown[]).every((input) => {
    const columns = valueAt(input, ['columns']);
    if (!Array.isArray(columns)) return false; // Of all columns, the shape is another one now.
    return columns.every((name) => typeof name === 'string' && expandColumns([name], known).length > 0);
  });
}

/** The column that is learned by the settings. */
function writtenTarget(settings: Settings, columns: readonly DatasetColumn[]): DatasetColumn | undefined {
  const name = valueAt(settings, ['target', 'column']);
  return columns.find((column) => column.name === name);
}

function withTarget(settings: Settings, { column, task }: Learned, isFree: boolean): Settings {
  const missing = column.missing > 0 ? { missing: 'drop' } : {};
  const loss = isFree ? LOSSES[task] : { loss: settings['loss'] ?? LOSSES[task].loss };
  return { ...settings, target: { column: column.name, task, ...missing }, ...loss };
}

const targetNote = ({ column: { name }, task, units }: Learned): string =>
  task === 'regression'
    ? `The target is ${name}, a number (regression).`
    : `The target is ${name}, one of ${task === 'binary' ? 2 : units} classes (${task}).`;

/** The network for what is taken and learned; null where it is to stay. */
function guessedModel(draft: Draft, taken: Taken, learned: Learned, mayReplace: boolean): string | null {
  const model = parsed(draft.model);
  if (draft.modelId !== null || !isOurs(draft, 'model') || !('value' in model)) return null;
  const ends = { kind: taken.kind, shape: taken.shape, task: learned.task, units: learned.units };
  const next = fitted(model.value, ends) ?? (mayReplace ? networkFor(ends) : null);
  return next === null || next === model.value ? null : written(next);
}

/**
 * The draft for a dataset; null where nothing is to be guessed. A network that cannot be fitted is replaced only where
 * `mayReplace` says so: not when somebody has just asked for it.
 */
export function guessFor(draft: Draft, columns: readonly DatasetColumn[], mayReplace: boolean): Guess | null {
  const found = parsed(draft.settings);
  if (!('value' in found) || !isRecord(found.value)) return null;
  const isFree = isOurs(draft, 'settings');
  const known = columns.map(({ name }) => name);
  const notes: string[] = [];
  let settings: Settings = found.value;

  const there = writtenTarget(settings, columns);
  const asThere = there && learnedAs(there);
  const isSuited = asThere?.task === valueAt(settings, ['target', 'task']);
  const keepsTarget = isFree ? there !== undefined && isSuited : settings['target'] !== undefined;
  const learned = keepsTarget ? asThere : likelyTarget(columns);
  if (learned && !keepsTarget) {
    settings = withTarget(settings, learned, isFree);
    notes.push(targetNote(learned));
  }
  const keepsInputs = isFree ? namesKnown(settings['inputs'], known) : settings['inputs'] !== undefined;
  const taken = keepsInputs ? null : likelyInput(columns, learned?.column.name ?? null);
  if (taken) {
    settings = { ...settings, inputs: [taken.input] };
    notes.push(`The network takes ${taken.said}.`);
  }
  const model = taken && learned ? guessedModel(draft, taken, learned, mayReplace) : null;
  if (model !== null && taken && learned)
    notes.push(`The model takes ${taken.shape.join(' × ')} values and gives ${learned.units}.`);
  const next = {
    settings: settings === found.value ? draft.settings : written(settings),
    model: model ?? draft.model,
  };
  return next.settings === draft.settings && next.model === draft.model ? null : { ...next, notes };
}
