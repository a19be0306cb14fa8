// A program for certain shapes: the shape of each step, axes counted from the first, lengths filled in. The first part
// of a formula that does not fit is named, with both shapes.

import { printNode } from '../language/print.js';
import { limits } from '../limits.js';
import { ExpressionError } from '../problem.js';
import type { Operation, Program, Step } from '../program/steps.js';
import { axisOf, showLengths, valuesOf, type Lengths } from './lengths.js';
import { Misfit, permutation, reducedAxes, shapeRule, type RuleContext } from './rules.js';

/** Shapes of what comes from outside, without the batch axis. */
export interface OuterShapes {
  readonly inputs: ReadonlyMap<string, readonly number[]>;
  readonly parameters: ReadonlyMap<string, readonly number[]>;
}

type Of<Kind extends Operation['kind']> = Extract<Operation, { kind: Kind }>;

/** An operation as it is carried out. `features` has become a constant; null in a shape is the batch. */
export type PlannedOperation =
  | Exclude<Operation, { kind: 'reduction' | 'transpose' | 'reshape' }>
  | (Omit<Of<'reduction'>, 'axes'> & { readonly axes: readonly number[] })
  | (Omit<Of<'transpose'>, 'axes'> & { readonly axes: readonly number[] })
  | (Omit<Of<'reshape'>, 'shape'> & { readonly shape: Lengths });

export interface Plan {
  readonly program: Program;
  readonly operations: readonly PlannedOperation[];
  readonly shapes: readonly Lengths[];
}

/** A refusal of one step. */
export class StepError extends ExpressionError {
  constructor(
    readonly step: Step,
    ...rest: ConstructorParameters<typeof ExpressionError>
  ) {
    super(...rest);
  }
}

/** The length of the first input's last axis; 1 for an input that has none. */
export const featuresOf = (inputs: OuterShapes['inputs']): number => [...inputs.values()][0]?.at(-1) ?? 1;

const excerpt = (step: Step): string => {
  const text = printNode(step.source);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
};

function checkShape(shape: Lengths, step: Step, perSample: boolean): void {
  const where = `"${excerpt(step)}" has the shape ${showLengths(shape)}`;
  if (shape.length > limits.rank) {
    throw new StepError(step, 'shape', `${where}: the limit is ${limits.rank} axes`, 'Use reshape');
  }
  if (valuesOf(shape) > limits.values) {
    const message = `${where}, which has more than ${limits.values} values a sample`;
    throw new StepError(step, 'tooLarge', message, 'Use smaller shapes');
  }
  if (perSample && shape.lastIndexOf(null) > 0) {
    const hint = 'keepdims=true and reshape keep axes apart; transpose takes the order of all axes';
    throw new StepError(step, 'shape', `${where}: the batch has to be the first axis, and only that`, hint);
  }
}

function planned(
  operation: Operation,
  shape: Lengths,
  [first = []]: readonly Lengths[],
  context: RuleContext,
): PlannedOperation {
  switch (operation.kind) {
    case 'leaf':
      if (operation.role !== 'features') return operation;
      return { kind: 'constant', value: context.features, inputs: [] };
    case 'reduction':
      return { ...operation, axes: reducedAxes(operation.axes, first, context) };
    case 'transpose':
      return { ...operation, axes: permutation(operation.axes, first, context) };
    case 'reshape':
      return { ...operation, shape };
    case 'normalization':
    case 'concat':
      return { ...operation, axis: axisOf(operation.axis, first.length) ?? 0 };
    default:
      return operation;
  }
}

/** Throws StepError. */
export function planFor(program: Program, outer: OuterShapes): Plan {
  const shapes: Lengths[] = [];
  const operations: PlannedOperation[] = [];
  const leaf: RuleContext['leaf'] = ({ role, name }) => {
    if (role === 'input') return [null, ...(outer.inputs.get(name) ?? [])];
    if (role === 'parameter') return outer.parameters.get(name) ?? [];
    return role === 'gradient' ? (shapes[program.output] ?? []) : [];
  };
  const features = featuresOf(outer.inputs);
  for (const [index, step] of program.steps.entries()) {
    const { operation } = step;
    const context = { leaf, features, perSample: index < program.forwardCount };
    const inputs = operation.inputs.map((input) => shapes[input] ?? []);
    try {
      const shape = shapeRule(operation, inputs, context);
      checkShape(shape, step, context.perSample);
      shapes.push(shape);
      operations.push(planned(operation, shape, inputs, context));
    } catch (error) {
      if (!(error instanceof Misfit)) throw error;
      throw new StepError(step, 'shape', `in "${excerpt(step)}", ${error.message}`, error.hint);
    }
  }
  return { program, operations, shapes };
}
