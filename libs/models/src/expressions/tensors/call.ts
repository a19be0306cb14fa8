// The layer's computation with its gradients: those that tfjs finds, the identity's, or the definition's own.

import type { Engine, Tensor } from '@gradstream/engine';
import type { BuiltExpression } from '../expression.js';
import { forBackward, neededFor } from '../program/steps.js';
import { sumBack } from '../shapes/lengths.js';
import type { Plan } from '../shapes/plan.js';
import { evaluate, type TensorLeaves } from './evaluate.js';

/** A gradient summed over the axes that its target was broadcast along. */
function sumTo({ tf }: Engine, gradient: Tensor, target: Tensor): Tensor {
  const sums = sumBack(gradient.shape, target.shape);
  if (!sums) throw new TypeError(`[${gradient.shape.join()}] is not broadcast from [${target.shape.join()}]`);
  const axes = [...sums.lost, ...sums.kept];
  return axes.length === 0 ? gradient : tf.reshape(tf.sum(gradient, axes), target.shape);
}

function required(tensor: Tensor | undefined, what: string): Tensor {
  if (tensor) return tensor;
  throw new TypeError(`no value for ${what}`);
}

/** The forward formula, on tfjs's tape when that is on. */
function forward(gs: Engine, plan: Plan, leaves: TensorLeaves, more: readonly number[] = []) {
  const { steps, output } = plan.program;
  return evaluate(gs, plan, neededFor(steps, [output, ...more]), leaves);
}

const callStraightThrough = (gs: Engine, plan: Plan, leaves: TensorLeaves): Tensor => {
  const { output, inputs } = plan.program;
  const tensors = inputs.map((name) => required(leaves.get(name), name));
  return gs.tf.customGrad(() => ({
    value: required(forward(gs, plan, leaves)[output], 'the output').clone(),
    gradFunc: (dy: Tensor) => tensors.map((tensor) => sumTo(gs, dy, tensor)),
  }))(...tensors);
};

function callWithFormulas(
  gs: Engine,
  plan: Plan,
  leaves: TensorLeaves,
  formulas: ReadonlyMap<string, number>,
  names: readonly string[],
): Tensor {
  const { program } = plan;
  const tensors = names.map((name) => required(leaves.get(name), name));
  const targets = names.map((name) => formulas.get(name) ?? program.output);
  const kept = forBackward(program, targets);
  const needed = neededFor(program.steps, targets, kept);
  return gs.tf.customGrad((...given) => {
    const save = given.at(-1) as unknown as (tensors: Tensor[]) => void; // tfjs gives it behind the inputs.
    const results = forward(gs, plan, leaves, kept);
    save(kept.map((index) => required(results[index], 'the backward formulas')));
    const gradFunc = (dy: Tensor, saved: Tensor[]): Tensor[] => {
      const known: (Tensor | undefined)[] = [];
      kept.forEach((index, position) => (known[index] = saved[position]));
      const gradients = evaluate(gs, plan, needed, new Map([['gradient', dy]]), known);
      return targets.map((target, position) =>
        sumTo(gs, required(gradients[target], 'a gradient'), required(tensors[position], 'a target')),
      );
    };
    return { value: required(results[program.output], 'the output').clone(), gradFunc };
  })(...tensors);
}

/**
 * The output of an expression layer for its inputs (with the batch axis) and the values of its weights, both in the
 * order of the definition. Gradients flow to the inputs and to the trainable weights.
 */
export function callExpression(
  gs: Engine,
  { plan, weights }: BuiltExpression,
  inputs: readonly Tensor[],
  values: readonly Tensor[],
): Tensor {
  const { program } = plan;
  const leaves = new Map<string, Tensor>();
  program.inputs.forEach((name, index) => leaves.set(name, required(inputs[index], name)));
  weights.forEach(({ name }, index) => leaves.set(name, required(values[index], name)));
  return gs.tf.tidy(() => {
    const { backward } = program;
    switch (backward.kind) {
      case 'automatic':
        return required(forward(gs, plan, leaves)[program.output], 'the output').clone();
      case 'straightThrough':
        return callStraightThrough(gs, plan, leaves);
      case 'formulas': {
        const trainable = weights.filter((weight) => weight.trainable).map(({ name }) => name);
        return callWithFormulas(gs, plan, leaves, backward.of, [...program.inputs, ...trainable]);
      }
    }
  });
}
