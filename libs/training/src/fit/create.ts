import {
  GradstreamError,
  parseInput,
  trainingSettingsSchema,
  type ProblemItem,
  type TrainingSettings,
  type TrainingSettingsInput,
} from '@gradstream/contracts';
import type { Engine } from '@gradstream/engine';
import { checkStructure, parseModel, toProblems } from '@gradstream/models';
import { Training } from './training.js';

/** Problems with their places, as one text. */
const shown = (problems: readonly ProblemItem[]): string =>
  problems
    .map(({ pointer, message, hint }) => `${pointer ?? ''}: ${message}. ${hint ?? ''}`)
    .join(' ')
    .trim();

function refuse(what: string, problems: readonly ProblemItem[]): never {
  const detail = `The definition ${what}. ${shown(problems)}`;
  throw new GradstreamError('MODEL_INVALID', detail, { errors: [...problems] });
}

/** What Keras's `to_json()` returns is text. */
function fromText(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    const detail = `The definition is a text that is no JSON: ${(cause as Error).message}.`;
    throw new GradstreamError('MODEL_INVALID', detail, { cause });
  }
}

/** Settings with all defaults, or all that is wrong with them. */
function settingsFrom(settings: TrainingSettingsInput): TrainingSettings {
  try {
    return parseInput(trainingSettingsSchema, settings);
  } catch (error) {
    if (!(error instanceof GradstreamError)) throw error;
    const detail = `The settings are not right. ${shown(error.errors)}`;
    throw new GradstreamError('VALIDATION_FAILED', detail, { errors: [...error.errors], cause: error });
  }
}

/**
 * A training of a model as it is written, in any format, as an object or as JSON text, with settings as they are written: what a script begins with.
 * Throws MODEL_INVALID and VALIDATION_FAILED, which list every mistake with its place. The caller disposes it.
 */
export function createTraining(gs: Engine, definition: unknown, settings: TrainingSettingsInput): Training {
  const parsed = parseModel(typeof definition === 'string' ? fromText(definition) : definition);
  if (!parsed.ok) return refuse('cannot be built', parsed.problems);
  const checked = settingsFrom(settings);
  const problems = toProblems(checkStructure(parsed.graph, checked.batchSize));
  if (problems.length > 0) refuse('cannot be trained', problems);
  return new Training(gs, parsed.graph, checked);
}
