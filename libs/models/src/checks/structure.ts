// What is wrong, or mostly wrong, with a model whatever its loss is.

import { gradientFlow } from '../graph/gradientFlow.js';
import type { ModelGraph } from '../graph/graph.js';
import type { Finding } from './finding.js';
import { dropoutAtOutput, embeddingInputs, largeDense, normalizationOfOne } from './layerRules.js';
import { trainability } from './trainability.js';
import { vanishing } from './vanishing.js';

/** Pointers are into the model's definition. `batchSize` is that of training, null when it is not known. */
export function checkStructure(graph: ModelGraph, batchSize: number | null = null): Finding[] {
  return [
    ...trainability(graph, gradientFlow(graph)),
    ...vanishing(graph),
    ...dropoutAtOutput(graph),
    ...(batchSize === null ? [] : normalizationOfOne(graph, batchSize)),
    ...embeddingInputs(graph),
    ...largeDense(graph),
  ];
}
