// Whether a model's output, its loss and the task fit together. A mismatch trains without an error and learns nothing
// useful, so it is said before, with the fix.

import type { ModelGraph } from '../graph/graph.js';
import { changedBy, outputActivation } from '../graph/outputActivation.js';
import * as activation from './activationRules.js';
import { appliedTwice } from './appliedTwice.js';
import type { Finding } from './finding.js';
import { isFromLogits } from './logits.js';
import { lossTraits } from './lossTraits.js';
import type { OutputCheck, TargetCase } from './outputCase.js';
import { classesRule, rankRule, taskRule, unitsRule } from './targetRules.js';

const SPEC = { model: '/model', loss: '/loss', target: '/target/column' };

const RULES = [
  activation.oneUnitRule,
  activation.logitsRule,
  activation.probabilitiesRule,
  activation.marginRule,
  activation.regressionRule,
  activation.embeddingRule,
];

/** What does not fit, in an order in which the first ones explain the later ones. */
export function checkOutput(graph: ModelGraph, check: OutputCheck): Finding[] {
  const { output = 0, loss, pointers = SPEC } = check;
  const shape = graph.outputs[output]?.shape ?? [];
  const one: TargetCase = {
    ...check,
    traits: lossTraits[loss.name],
    shape,
    units: shape.at(-1) ?? 1,
    fromLogits: isFromLogits(loss),
    at: pointers,
  };
  // A loss for something else, or an output of another form, makes the rest meaningless.
  const task = taskRule(one);
  if (task.some(({ severity }) => severity === 'error')) return task;
  const form = [...classesRule(one), ...rankRule(one)];
  if (form.length > 0) return [...task, ...form];
  const known = outputActivation(graph, output);
  const last = changedBy(graph, graph.outputs[output]?.value);
  const fit =
    known === null
      ? activation.unknownActivation(last)(one)
      : RULES.flatMap((rule) => rule({ ...one, activation: known }));
  return [...task, ...unitsRule(one), ...fit, ...appliedTwice(graph, output, pointers.model)];
}
