// Whether targets, losses, class weights and metrics are those of the model's outputs.

import { toPointer, type ValidateRun, type ProblemItem } from '@gradstream/contracts';
import type { ModelGraph } from '@gradstream/models';

/** Settings by output; null where they are of the only one. */
const namesOf = (settings: object): string[] | null =>
  'outputs' in settings && typeof settings.outputs === 'object' && settings.outputs !== null
    ? Object.keys(settings.outputs)
    : null;

const quoted = (names: readonly string[]): string => names.map((name) => `"${name}"`).join(', ');

type Add = (pointer: string, code: string, message: string, hint: string) => void;

/** One target: no other settings by output, and one output. */
function checkOnly({ loss, metrics }: ValidateRun, names: readonly string[] | null, add: Add): void {
  const hint = 'Give the targets by output, too: {"outputs": {…}}';
  if (names && names.length > 1)
    add('/target', 'severalOutputs', `one target, and the outputs ${quoted(names)}`, hint);
  if (namesOf(loss)) add('/loss', 'unfitOutput', 'losses by output, and one target', hint);
  if (namesOf(metrics)) add('/metrics', 'unfitOutput', 'metrics by output, and one target', hint);
}

/** Targets by output: the other settings are by output as well. */
function checkForms({ loss, metrics, classWeights }: ValidateRun, add: Add): void {
  const hint = 'Name them by output: {"outputs": {…}}';
  if (!namesOf(loss)) add('/loss', 'unfitOutput', 'one loss, and targets by output', hint);
  if (Array.isArray(metrics) && metrics.length > 0)
    add('/metrics', 'unfitOutput', 'metrics of no output, and targets by output', hint);
  if (classWeights !== null)
    add(
      '/classWeights',
      'classWeights',
      'class weights of no output',
      'Put them beside the loss of their output: {"outputs": {"name": {"loss": …, "classWeights": …}}}',
    );
}

/**
 * Names that the model does not have, outputs without a target, targets without a loss. Without a model the targets say
 * which outputs there are.
 */
export function checkOutputNames(spec: ValidateRun, graph: ModelGraph | null): ProblemItem[] {
  const problems: ProblemItem[] = [];
  const add: Add = (pointer, code, message, hint) => problems.push({ pointer, code, message, hint });
  const names = graph && graph.outputs.map(({ name }) => name);
  const targets = namesOf(spec.target);
  if (!targets) {
    checkOnly(spec, names, add);
    return problems;
  }
  checkForms(spec, add);
  const [losses, metrics] = [namesOf(spec.loss), namesOf(spec.metrics)];
  const at = (part: string, name: string): string => toPointer([part, 'outputs', name]);
  const known = names ?? targets;
  const places = Object.entries({ target: targets, loss: losses ?? [], metrics: metrics ?? [] });
  for (const [part, given] of places)
    for (const name of given.filter((one) => !known.includes(one)))
      if (names)
        add(at(part, name), 'unknownOutput', `the model has no output "${name}"`, `It has ${quoted(names)}`);
      else add(at(part, name), 'missingTarget', `the output "${name}" has no target`, 'Give it one');
  if (known.length === 0) add('/target/outputs', 'missingTarget', 'no output has a target', 'Name one');
  for (const name of known) {
    if (!targets.includes(name))
      add(
        '/target/outputs',
        'missingTarget',
        `the output "${name}" of the model has no target`,
        'Give it one, or leave it out of the outputs of the model',
      );
    else if (losses && !losses.includes(name))
      add(
        '/loss/outputs',
        'missingLoss',
        `the output "${name}" has a target and no loss`,
        'Give it one; its weight may be 0',
      );
  }
  return problems;
}
