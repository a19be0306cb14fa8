import { GradstreamError } from '@gradstream/contracts';
import type { ModelGraph } from '../graph/graph.js';
import { parseModel } from './parse.js';

/** The graph of a definition that was checked before it was stored. Throws MODEL_INVALID with every problem. */
export function storedModel(definition: unknown): ModelGraph {
  const parsed = parseModel(definition);
  if (parsed.ok) return parsed.graph;
  const detail = 'The stored model cannot be built: post its definition again, and train that.';
  throw new GradstreamError('MODEL_INVALID', detail, { errors: parsed.problems });
}
