// Compares backward formulas with central differences of the forward formula, in float64 on the host, at points that
// are the same each time. Lengths of axes are made small where the definition allows it, for formulas do not depend
// on them.

import type { Shape } from '../layers/layer.js';
import { backwardProblems, outerShapes, type Expression } from './expression.js';
import { sumTo, type HostArray } from './host/array.js';
import { evaluateOnHost, type HostLeaves } from './host/evaluate.js';
import { drawPoint, POINT_KINDS } from './host/points.js';
import { ExpressionError, problemAt, type ExpressionProblem } from './problem.js';
import { neededFor } from './program/steps.js';
import { valuesOf } from './shapes/lengths.js';
import { planFor, type OuterShapes, type Plan } from './shapes/plan.js';

/** Largest relative error of an element; central differences in float64 come to about 1e-9. */
export const GRADIENT_TOLERANCE = 1e-5;
/** Relative difference of two slopes of one formula up to which the first is taken to be its derivative. */
const SURE = 1e-3;
/** Gradients smaller than that are compared by their absolute error. */
const SMALL = 1e-3;
const BATCH = 2;
/** Points at which the formula is smooth and finite that have to agree. */
const POINTS = 3;
const TRIES = 24;
/** Values that the host computes for one check, in well below 100 ms. It bounds the elements that are looked at. */
const WORK = 1_000_000;
/** Values that take as long as a step does by itself. */
const STEP = 24;
/** Multiplications of a product of matrices that take as long as one other value. */
const PRODUCTS = 16;

interface WrongElement {
  /** Of the input or parameter. */
  readonly name: string;
  /** Row by row; for an input the first is the sample. */
  readonly index: readonly number[];
  readonly expected: number;
  readonly given: number;
  readonly relativeError: number;
}

export type GradientCheck =
  /** The gradients are TensorFlow's: there is nothing to check. */
  | { readonly verdict: 'automatic' }
  /** Not the gradient of the formula by intent. */
  | { readonly verdict: 'exempt'; readonly reason: 'straightThrough' }
  | { readonly verdict: 'right'; readonly points: number; readonly elements: number; readonly worst: number }
  | { readonly verdict: 'wrong'; readonly first: WrongElement }
  /** No point was found at which the formula is finite and smooth, or the tensors are too large. */
  | { readonly verdict: 'unchecked'; readonly reason: string };

interface Checked {
  readonly result: GradientCheck;
  readonly values: number;
}

interface Target {
  readonly name: string;
  readonly step: number;
}

/** For each length another, as small as they can be while different lengths stay different. */
function shrinking(shapes: Iterable<Shape>): (shape: Shape) => Shape {
  const lengths = [...new Set([...shapes].flat())].filter((length) => length > 1).sort((a, b) => a - b);
  const small = new Map(lengths.map((length, index) => [length, Math.min(length, index + 3)]));
  return (shape) => shape.map((length) => small.get(length) ?? length);
}

const mapShapes = (shapes: OuterShapes['inputs'], change: (shape: Shape) => Shape): Map<string, Shape> =>
  new Map([...shapes].map(([name, shape]) => [name, change(shape)]));

/** Ever fewer small lengths: of inputs and parameters; of what the definition leaves open; of none. */
function* smallShapes({ definition }: Expression, inputShapes: readonly Shape[]): Generator<OuterShapes> {
  const truth = outerShapes(definition, inputShapes);
  const all = shrinking([...truth.inputs.values(), ...truth.parameters.values()]);
  yield { inputs: mapShapes(truth.inputs, all), parameters: mapShapes(truth.parameters, all) };
  yield outerShapes(definition, inputShapes.map(shrinking(inputShapes)));
  yield truth;
}

/** A plan for the smallest shapes that the formulas allow. */
function smallPlan(expression: Expression, inputShapes: readonly Shape[]): [Plan, OuterShapes] {
  for (const outer of smallShapes(expression, inputShapes)) {
    try {
      const plan = planFor(expression.program, outer);
      if (backwardProblems(plan, outer).length === 0) return [plan, outer];
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
    }
  }
  throw new Error('the check is for expressions that were built');
}

/** Every so many elements, from the first on. */
const spread = (size: number, most: number): number[] => {
  const stride = Math.max(1, Math.ceil(size / most));
  return Array.from({ length: Math.ceil(size / stride) }, (_, index) => index * stride);
};

function indexOf(offset: number, shape: Shape): number[] {
  const index: number[] = [];
  let rest = offset;
  for (const length of shape.toReversed()) {
    index.unshift(rest % length);
    rest = Math.floor(rest / length);
  }
  return index;
}

const shown = (value: number): string => String(Number(value.toPrecision(9)));

const relativeError = (expected: number, given: number): number =>
  Math.abs(expected - given) / Math.max(Math.abs(expected), Math.abs(given), SMALL);

/** The loss Σ output · gradient, and the pieces that its choices lie on. */
interface Loss {
  readonly value: number;
  readonly pieces: readonly number[];
}

class PointCheck {
  worst = 0;
  elements = 0;
  /** Evaluations of the formula so far. */
  evaluations = 0;
  readonly #forward: readonly boolean[];

  constructor(
    private readonly plan: Plan,
    private readonly targets: readonly Target[],
    private readonly mostElements: number,
  ) {
    const { steps, output } = plan.program;
    this.#forward = neededFor(steps, [output]);
  }

  /** Null when the formula is not finite or not smooth here, else the first wrong element or `right`. */
  run(leaves: HostLeaves, gradient: HostArray): WrongElement | 'right' | null {
    const before = this.#loss(leaves, gradient);
    if (!Number.isFinite(before.value)) return null;
    const given = this.#given(leaves, gradient);
    for (const { name, step } of this.targets) {
      const leaf = leaves.get(name);
      const result = given[step];
      if (!leaf || !result) continue;
      const { data } = sumTo(result, leaf.shape);
      for (const offset of spread(data.length, this.mostElements)) {
        const expected = this.#difference(leaves, gradient, leaf, offset, before);
        if (expected === null) return null;
        const found = data[offset] ?? NaN;
        const error = relativeError(expected, found);
        this.elements += 1;
        if (error <= GRADIENT_TOLERANCE) {
          this.worst = Math.max(this.worst, error);
          continue;
        }
        // Where the formula bends so much that another distance gives another slope, neither says anything.
        const closer = this.#difference(leaves, gradient, leaf, offset, before, 0.25);
        if (closer === null || relativeError(expected, closer) > Math.min(error / 4, SURE)) return null;
        const index = indexOf(offset, leaf.shape);
        return { name, index, expected, given: found, relativeError: error };
      }
    }
    return 'right';
  }

  #given(leaves: HostLeaves, gradient: HostArray) {
    const { steps } = this.plan.program;
    const needed = neededFor(
      steps,
      this.targets.map(({ step }) => step),
    );
    return evaluateOnHost(this.plan, needed, new Map([...leaves, ['gradient', gradient]]));
  }

  #loss(leaves: HostLeaves, gradient: HostArray): Loss {
    this.evaluations += 1;
    const pieces: number[] = [];
    const results = evaluateOnHost(this.plan, this.#forward, leaves, (piece) => pieces.push(piece));
    const output = results[this.plan.program.output];
    const value = gradient.data.reduce(
      (sum, weight, index) => sum + weight * (output?.data[index] ?? NaN),
      0,
    );
    return { value, pieces };
  }

  /** The derivative by one element; null when there is a jump or a kink beside it. */
  #difference(
    leaves: HostLeaves,
    gradient: HostArray,
    leaf: HostArray,
    offset: number,
    { pieces }: Loss,
    share = 1,
  ): number | null {
    const value = leaf.data[offset] ?? NaN;
    const width = share * 6e-6 * Math.max(1, Math.abs(value)); // The cube root of float64's precision.
    const at = (moved: number): Loss => {
      leaf.data[offset] = moved;
      const loss = this.#loss(leaves, gradient);
      leaf.data[offset] = value;
      return loss;
    };
    const [above, below] = [at(value + width), at(value - width)];
    const isSmooth = pieces.every(
      (piece, index) => piece === above.pieces[index] && piece === below.pieces[index],
    );
    const slope = (above.value - below.value) / (value + width - (value - width));
    return isSmooth && Number.isFinite(slope) ? slope : null;
  }
}

/** About how many values one evaluation of the formula computes; a step costs a few by itself. */
function costOf({ operations, shapes }: Plan): number {
  return operations.reduce((sum, { kind, inputs: [first = -1] }, index) => {
    const products = kind === 'matmul' ? (shapes[first]?.at(-1) ?? BATCH) / PRODUCTS : 1;
    return sum + 16 + BATCH * valuesOf(shapes[index] ?? []) * Math.max(1, products);
  }, 0);
}

/** Checks the backward formulas of an expression that was built for these shapes. */
export const checkGradients = (expression: Expression, inputShapes: readonly Shape[]): GradientCheck =>
  check(expression, inputShapes).result;

/** The check, and about how many values it computed. */
function check(expression: Expression, inputShapes: readonly Shape[]): Checked {
  const { backward, inputs, parameters, output } = expression.program;
  if (backward.kind === 'automatic') return { result: { verdict: 'automatic' }, values: 0 };
  if (backward.kind === 'straightThrough')
    return { result: { verdict: 'exempt', reason: 'straightThrough' }, values: 0 };
  const [plan, outer] = smallPlan(expression, inputShapes);
  const shapeOf = (name: string): Shape => {
    const input = outer.inputs.get(name);
    return input ? [BATCH, ...input] : (outer.parameters.get(name) ?? []);
  };
  const names = [...inputs, ...parameters];
  const targets = names.flatMap((name) => {
    const step = backward.of.get(name);
    return step === undefined ? [] : [{ name, step }];
  });
  const outputShape = (plan.shapes[output] ?? []).map((length) => length ?? BATCH);
  const cost = costOf(plan);
  const most = WORK / cost;
  const effort = cost + STEP * plan.operations.length;
  const elements = Math.floor(most / (2 * POINTS * targets.length));
  if (elements < 1) {
    const reason = 'its tensors are too large for a check: use shorter lengths in config';
    return { result: { verdict: 'unchecked', reason }, values: 0 };
  }
  const point = new PointCheck(plan, targets, elements);
  let points = 0;
  for (let attempt = 0; attempt < TRIES && points < POINTS && point.evaluations < most; attempt += 1) {
    const kind = POINT_KINDS[attempt % POINT_KINDS.length] ?? 'signed';
    const leaves = new Map(
      names.map((name, place) => [name, drawPoint(kind, shapeOf(name), attempt, place)]),
    );
    const gradient = drawPoint('signed', outputShape, attempt, names.length);
    const outcome = point.run(leaves, gradient);
    if (outcome === null) continue;
    if (outcome !== 'right')
      return { result: { verdict: 'wrong', first: outcome }, values: point.evaluations * effort };
    points += 1;
  }
  const { elements: seen, worst } = point;
  const result: GradientCheck =
    points > 0
      ? { verdict: 'right', points, elements: seen, worst }
      : { verdict: 'unchecked', reason: 'no point was found at which it is finite and smooth' };
  return { result, values: point.evaluations * effort };
}

/** Why backward formulas may not train: the first wrong element, or that nothing is known of them; and the check's cost. */
export function gradientProblem(
  expression: Expression,
  inputShapes: readonly Shape[],
): { readonly problem: ExpressionProblem | null; readonly values: number } {
  const { result, values } = check(expression, inputShapes);
  return { problem: problemOf(result), values };
}

function problemOf(result: GradientCheck): ExpressionProblem | null {
  if (result.verdict === 'unchecked') {
    const message = `the backward formulas cannot be checked: ${result.reason}`;
    const hint = 'Leave "backward" out, and the gradient is made from the formula';
    return problemAt(['backward'], new ExpressionError('gradientUnchecked', message, hint));
  }
  if (result.verdict !== 'wrong') return null;
  const { name, index, expected, given } = result.first;
  const message = `the gradient of ${name}${index.length > 0 ? `[${index.join(', ')}]` : ''} is ${shown(given)}, by central differences of the formula it is ${shown(expected)}`;
  const hint = `Correct the backward formula of "${name}", or leave "backward" out`;
  return problemAt(['backward', name], new ExpressionError('gradient', message, hint));
}
