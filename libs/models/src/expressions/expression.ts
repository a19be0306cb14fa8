// An expression layer: read once, then built for the shapes of its inputs.

import type { ProblemItem } from '@gradstream/contracts';
import type { Shape } from '../layers/layer.js';
import type { ExpressionDefinition } from './definition.js';
import { didYouMean } from './language/nearest.js';
import { ExpressionError } from './problem.js';
import { compile, problemAt } from './program/compile.js';
import type { Program } from './program/steps.js';
import { countFlops } from './shapes/flops.js';
import { featuresOf, planFor, StepError, type OuterShapes, type Plan } from './shapes/plan.js';
import { showLengths, sumBack, type Lengths } from './shapes/lengths.js';

/** A definition whose formulas, names and arguments are right. */
export interface Expression<Initializer = unknown, Regularizer = unknown> {
  readonly definition: ExpressionDefinition<Initializer, Regularizer>;
  readonly program: Program;
  readonly warnings: readonly ProblemItem[];
}

export interface ExpressionWeight<Initializer = unknown, Regularizer = unknown> {
  readonly name: string;
  readonly shape: Shape;
  readonly initializer: Initializer;
  readonly trainable: boolean;
  readonly regularizer: Regularizer | undefined;
}

/** An expression whose shapes are known and fit. */
export interface BuiltExpression<Initializer = unknown, Regularizer = unknown> {
  readonly plan: Plan;
  /** Without the batch axis, as all shapes in here. */
  readonly outputShape: Shape;
  readonly weights: readonly ExpressionWeight<Initializer, Regularizer>[];
  /** A sample, forward. */
  readonly flops: number;
}

export type Result<T> =
  ({ readonly ok: true } & T) | { readonly ok: false; readonly problems: readonly ProblemItem[] };

/** Reads the formulas of a definition. Problems have JSON pointers into the definition. */
export function readExpression<Initializer, Regularizer>(
  definition: ExpressionDefinition<Initializer, Regularizer>,
): Result<{ readonly expression: Expression<Initializer, Regularizer> }> {
  const names = lengthNames(definition);
  const problems = Object.entries(definition.parameters).flatMap(([name, { shape }]) =>
    shape.flatMap((length, axis) => {
      if (typeof length === 'number' || names.includes(length)) return [];
      const message = `"${length}" is no length: neither "features" nor a positive whole number of config`;
      const error = new ExpressionError('unknownName', message, didYouMean(length, names));
      return [problemAt(['parameters', name, 'shape', axis], error)];
    }),
  );
  const compiled = compile(definition);
  if (!compiled.ok) return { ok: false, problems: [...problems, ...compiled.problems] };
  if (problems.length > 0) return { ok: false, problems };
  const { program, warnings } = compiled;
  return { ok: true, expression: { definition, program, warnings } };
}

/** The names that a parameter's shape may use. */
function lengthNames({ config }: ExpressionDefinition): string[] {
  const whole = Object.entries(config).filter(([, value]) => Number.isSafeInteger(value) && value > 0);
  return ['features', ...whole.map(([name]) => name)];
}

/** The shapes of inputs and parameters. */
export function outerShapes(
  { inputs, parameters, config }: ExpressionDefinition,
  inputShapes: readonly Shape[],
): OuterShapes {
  const given = new Map(inputs.map((name, index) => [name, inputShapes[index] ?? []]));
  const features = featuresOf(given);
  const lengthOf = (length: number | string): number => {
    if (typeof length === 'number') return length;
    return length === 'features' ? features : (config[length] ?? 1);
  };
  const shapes = Object.entries(parameters).map(([name, { shape }]) => [name, shape.map(lengthOf)] as const);
  return { inputs: given, parameters: new Map(shapes) };
}

/** The backward formulas whose results cannot become gradients of what they are for, and why. */
function backwardProblems({ program, shapes }: Plan, outer: OuterShapes): ProblemItem[] {
  const { backward } = program;
  if (backward.kind === 'automatic') return [];
  const outputs = new Map(
    backward.kind === 'formulas' ? backward.of : program.inputs.map((name) => [name, program.output]),
  );
  return [...outputs].flatMap(([name, index]) => {
    const input = outer.inputs.get(name);
    const target: Lengths = input ? [null, ...input] : (outer.parameters.get(name) ?? []);
    const given = shapes[index] ?? [];
    if (sumBack(given, target)) return [];
    const message = `the gradient of "${name}" has the shape ${showLengths(given)}, which cannot be summed to ${showLengths(target)}`;
    const error = new ExpressionError(
      'shape',
      message,
      'It needs the shape of what it is for, or one that this was broadcast to',
    );
    return [problemAt(backward.kind === 'formulas' ? ['backward', name] : ['backward'], error)];
  });
}

/** Builds an expression for the shapes of its inputs, without their batch axis. */
export function buildExpression<Initializer, Regularizer>(
  { definition, program }: Expression<Initializer, Regularizer>,
  inputShapes: readonly Shape[],
): Result<{ readonly built: BuiltExpression<Initializer, Regularizer> }> {
  const { inputs } = definition;
  if (inputShapes.length !== inputs.length) {
    const message = `takes ${inputs.length} inputs (${inputs.join(', ')}), it is given ${inputShapes.length}`;
    const error = new ExpressionError('shape', message, 'Connect as many layers as there are inputs');
    return { ok: false, problems: [problemAt(['inputs'], error)] };
  }
  const outer = outerShapes(definition, inputShapes);
  try {
    const plan = planFor(program, outer);
    const problems = backwardProblems(plan, outer);
    const output = plan.shapes[program.output] ?? [];
    if (output[0] !== null) {
      const message = `the result has the shape ${showLengths(output)}: it has no batch axis`;
      const error = new ExpressionError('shape', message, 'A result has one row for each sample');
      problems.push(problemAt(['formula'], error));
    }
    if (problems.length > 0) return { ok: false, problems };
    const weights = Object.entries(definition.parameters).map(([name, parameter]) => ({
      name,
      shape: outer.parameters.get(name) ?? [],
      initializer: parameter.initializer,
      trainable: parameter.trainable,
      regularizer: parameter.regularizer,
    }));
    const outputShape = output.slice(1).map((length) => length ?? 1);
    return { ok: true, built: { plan, outputShape, weights, flops: countFlops(plan) } };
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    return { ok: false, problems: [problemAt(error.step.path, error)] };
  }
}
