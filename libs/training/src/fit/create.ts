import {
  GradstreamError,
  parseInput,
  trainingSettingsSchema,
  type TrainingSettingsInput,
} from '@gradstream/contracts';
import type { Engine } from '@gradstream/engine';
import { parseModel } from '@gradstream/models';
import { Training } from './training.js';

/**
 * A training of a model as it is written, in any format, with settings as they are written: what a script begins with.
 * Throws MODEL_INVALID and VALIDATION_FAILED, which list every mistake with its place. The caller disposes it.
 */
export function createTraining(gs: Engine, definition: unknown, settings: TrainingSettingsInput): Training {
  const parsed = parseModel(definition);
  if (!parsed.ok) {
    const shown = parsed.problems.map(
      ({ pointer, message, hint }) => `${pointer ?? ''}: ${message}. ${hint ?? ''}`,
    );
    const detail = `The definition cannot be built. ${shown.join(' ')}`;
    throw new GradstreamError('MODEL_INVALID', detail, { errors: parsed.problems });
  }
  return new Training(gs, parsed.graph, parseInput(trainingSettingsSchema, settings));
}
