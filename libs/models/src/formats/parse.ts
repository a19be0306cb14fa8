// A definition in any format that is known.

import type { ProblemItem } from '@gradstream/contracts';
import { buildModel, type BuiltModel } from '../graph/build.js';
import { DEFAULT_LIMITS, type ModelLimits } from '../graph/limits.js';
import { readKeras3 } from './keras3.js';

/** Reads and checks a definition; lists every problem with a JSON pointer into it. */
export function parseModel(definition: unknown, limits: ModelLimits = DEFAULT_LIMITS): BuiltModel {
  const problems: ProblemItem[] = [];
  const read = readKeras3(definition, limits, problems);
  return read ? buildModel(read, limits) : { ok: false, problems };
}
