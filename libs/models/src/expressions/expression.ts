// An expression layer: read once, then built for the shapes of its inputs.

import type { Shape, WeightSpec } from '../layers/layer.js';
import type { ExpressionDefinition } from './definition.js';
import { didYouMean } from './language/nearest.js';
import { ExpressionError, problemAt, type ExpressionProblem } from './problem.js';
import { compile } from './program/compile.js';
import { estimatesGradients, stopsGradients } from './program/gradientPaths.js';
import type { Program } from './program/steps.js';
import { countFlops } from './shapes/flops.js';
import { countKept } from './shapes/kept.js';
import { featuresOf, planFor, StepError, type OuterShapes, type Plan } from './shapes/plan.js';
import { showLengths, sumBack, type Lengths } from './shapes/lengths.js';

/** A definition whose formulas, names and arguments are right. */
export interface Expression {
  readonly definition: ExpressionDefinition;
  readonly program: Program;
}

/** An expression whose shapes are known and fit. */
export interface BuiltExpression {
  readonly plan: Plan;
  /** Without the batch axis, as all shapes in here. */
  readonly outputShape: Shape;
  readonly weights: readonly WeightSpec[];
  /** A sample, forward. */
  readonly flops: number;
  /** Values of a sample that the backward pass needs besides inputs and output. */
  readonly kept: number;
  /** Whether no gradient flows to the inputs. */
  readonly stopsGradients: boolean;
  /** Whether the gradient is an estimate, straight-through. */
  readonly estimatesGradients: boolean;
}

export type Result<T> =
  ({ readonly ok: true } & T) | { readonly ok: false; readonly problems: readonly ExpressionProblem[] };

/** Reads the formulas of a definition. Problems have JSON pointers into the definition. */
export function readExpression(
  definition: ExpressionDefinition,
): Result<{ readonly expression: Expression }> {
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
  return { ok: true, expression: { definition, program: compiled.program } };
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
export function backwardProblems({ program, shapes }: Plan, outer: OuterShapes): ExpressionProblem[] {
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
export function buildExpression(
  { definition, program }: Expression,
  inputShapes: readonly Shape[],
): Result<{ readonly built: BuiltExpression }> {
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
      role: 'kernel' as const,
      initializer: parameter.initializer,
      trainable: parameter.trainable,
      regularizer: parameter.regularizer ?? null,
    }));
    const outputShape = output.slice(1).map((length) => length ?? 1);
    const [flops, kept] = [countFlops(plan), countKept(plan)];
    return {
      ok: true,
      built: {
        plan,
        outputShape,
        weights,
        flops,
        kept,
        stopsGradients: stopsGradients(program),
        estimatesGradients: estimatesGradients(program),
      },
    };
  } catch (error) {
    if (!(error instanceof StepError)) throw error;
    return { ok: false, problems: [problemAt(error.step.path, error)] };
  }
}
