// Softmax or sigmoid on what a layer before has made probabilities of already.

import type { ModelGraph } from '../graph/graph.js';
import { changedBy } from '../graph/outputActivation.js';
import type { Finding } from './finding.js';
import { error } from './outputCase.js';
import { DISTRIBUTIONS, PROBABILITIES } from './ranges.js';

export function appliedTwice(graph: ModelGraph, output: number, pointer: string): Finding[] {
  const last = changedBy(graph, graph.outputs[output]?.value);
  if (!last || last.layer.weights.length > 0) return [];
  const before = changedBy(graph, last.inputs[0]);
  const [first, second] = [before?.plan.finalActivation, last.plan.finalActivation];
  const makes = (activation: typeof first): boolean =>
    activation !== undefined && (DISTRIBUTIONS.has(activation) || PROBABILITIES.has(activation));
  if (!before || !makes(first) || !makes(second)) return [];
  return error({
    pointer,
    code: 'activationTwice',
    message: `the layer "${last.layer.name}" applies ${second ?? ''} to what "${before.layer.name}" made by ${first ?? ''}`,
    why: 'probabilities are taken for logits, so that no output can be sure of anything',
    hint: `Take the layer "${last.layer.name}" out, or set the activation of "${before.layer.name}" to "linear"`,
  });
}
