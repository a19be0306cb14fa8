// Through which steps gradients flow. floor, round, ceil, sign, comparisons and the condition of where stop them.

import { elementwise } from './elementwise.js';
import { neededFor, type Program } from './steps.js';

/** The inputs and parameters that the output's gradient reaches, by name. */
export function reachedByGradient({ steps, output }: Program): Set<string> {
  const reached = new Array<boolean>(steps.length).fill(false);
  reached[output] = true;
  const names = new Set<string>();
  for (let index = output; index >= 0; index -= 1) {
    const operation = steps[index]?.operation;
    if (!operation || !reached[index]) continue;
    if (operation.kind === 'leaf') names.add(operation.name);
    const flat = operation.kind === 'elementwise' ? (elementwise[operation.op].flat ?? []) : [];
    operation.inputs.forEach((input, position) => {
      if (!flat.includes(position)) reached[input] = true;
    });
  }
  return names;
}

/** Whether no input gets a gradient: the formula takes them through steps alone. */
export const stopsGradients = (program: Program): boolean => {
  if (program.backward.kind !== 'automatic') return false;
  const reached = reachedByGradient(program);
  return !program.inputs.some((name) => reached.has(name));
};

/** Whether the gradient is on purpose not that of the formula. Backward formulas are, for they were checked. */
export function estimatesGradients({ backward, steps, output }: Program): boolean {
  if (backward.kind !== 'automatic') return backward.kind === 'straightThrough';
  const needed = neededFor(steps, [output]);
  return steps.some(
    ({ operation }, index) =>
      needed[index] && operation.kind === 'elementwise' && operation.op === 'straightThrough',
  );
}
