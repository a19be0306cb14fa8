import {
  GradstreamError,
  parseInput,
  trainingSettingsSchema,
  type ProblemItem,
  type TrainingSettingsInput,
} from '@gradstream/contracts';
import type { Engine } from '@gradstream/engine';
import { checkStructure, parseModel, toProblems } from '@gradstream/models';
import { Training } from './training.js';

function refuse(what: string, problems: readonly ProblemItem[]): never {
  const shown = problems.map(({ pointer, message, hint }) => `${pointer ?? ''}: ${message}. ${hint ?? ''}`);
  const detail = `The definition ${what}. ${shown.join(' ')}`;
  throw new GradstreamError('MODEL_INVALID', detail, { errors: [...problems] });
}

/**
 * A training of a model as it is written, in any format, with settings as they are written: what a script begins with.
 * Throws MODEL_INVALID and VALIDATION_FAILED, which list every mistake with its place. The caller disposes it.
 */
export function createTraining(gs: Engine, definition: unknown, settings: TrainingSettingsInput): Training {
  const parsed = parseModel(definition);
  if (!parsed.ok) return refuse('cannot be built', parsed.problems);
  const checked = parseInput(trainingSettingsSchema, settings);
  const problems = toProblems(checkStructure(parsed.graph, checked.batchSize));
  if (problems.length > 0) refuse('cannot be trained', problems);
  return new Training(gs, parsed.graph, checked);
}
