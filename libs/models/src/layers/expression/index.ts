// The layer whose computation is data: formulas over its inputs, parameters and settings.

import { z } from 'zod';
import {
  buildExpression,
  callExpression,
  ExpressionError,
  expressionConfig,
  gradientProblem,
  limits,
  problemAt,
  readExpression,
  type Expression,
  type ExpressionProblem,
} from '../../expressions/index.js';
import { Effort } from '../effort.js';
import { SettingError, ShapeError, type LayerInputs, type LayerType, type Shape } from '../layer.js';
import { register } from '../register.js';
import { commonConfig } from '../schemas.js';

const config = z
  .strictObject({ ...commonConfig, ...expressionConfig })
  .transform((settings, context): Expression => {
    const read = readExpression(settings);
    if (read.ok) return read.expression;
    for (const { path, code, message, hint } of read.problems)
      context.addIssue({ code: 'custom', path: [...path], message, params: { code, hint } });
    return z.NEVER;
  });

/** For each input of the formula, which of those that are given it is. */
function orderOf(names: readonly string[], given: LayerInputs['names']): number[] {
  if (given.length !== names.length) return [...given.keys()];
  const unknown = given.find((name) => name !== null && !names.includes(name));
  if (unknown !== undefined && unknown !== null)
    throw new ShapeError(`has no input "${unknown}"`, `Its inputs are: ${names.join(', ')}`);
  const places = names.map((name, index) => (given.includes(name) ? given.indexOf(name) : index));
  if (new Set(places).size === names.length) return places;
  throw new ShapeError('is given one input twice', `Its inputs are: ${names.join(', ')}`);
}

/** Why backward formulas may not train. Equal formulas for equal shapes are checked once a definition. */
function trainingProblem(
  read: Expression,
  shapes: readonly Shape[],
  effort: Effort,
): ExpressionProblem | null {
  const { inputs, parameters, config: settings, let: parts, formula, backward } = read.definition;
  if (read.program.backward.kind !== 'formulas') return null;
  const key = JSON.stringify([inputs, parameters, settings, parts, formula, backward, shapes]);
  return effort.once(key, () => {
    if (effort.mayCheck) return gradientProblem(read, shapes);
    const message = 'the backward formulas of all layers together take too long to check';
    const hint = 'Leave "backward" out in some of them; equal formulas for equal shapes are checked once';
    return { problem: problemAt(['backward'], new ExpressionError('tooLarge', message, hint)), values: 0 };
  });
}

const expression: LayerType<Expression> = {
  config,
  inputs: { least: 1, most: limits.inputs },
  build: (read, { shapes, names, effort = new Effort() }) => {
    const order = orderOf(read.definition.inputs, names);
    const inputs = order.flatMap((place) => (shapes[place] ? [shapes[place]] : []));
    const result = buildExpression(read, inputs);
    const [problem] = result.ok ? [trainingProblem(read, inputs, effort)] : result.problems;
    if (problem) throw new SettingError(problem.path, problem.message, problem.hint, problem.code);
    if (!result.ok) throw new Error('an expression that was refused says why');
    const { built } = result;
    return {
      outputs: [built.outputShape],
      weights: built.weights,
      flops: built.flops,
      kept: built.kept,
      stopsGradients: built.stopsGradients,
      estimatesGradients: built.estimatesGradients,
      call: ({ gs, weight }, tensors) => {
        const given = order.flatMap((place) => tensors[place] ?? []);
        const floats = given.map((one) => (one.dtype === 'float32' ? one : one.cast('float32')));
        const values = built.weights.map(({ name }) => weight(name));
        return callExpression(gs, built, floats, values);
      },
    };
  },
};

export const expressionLayers = { Expression: register(expression) };
