// The shapes of all steps of a program. The first part of a formula that does not fit is named, with both shapes.

import { printNode } from '../language/print.js';
import { limits } from '../limits.js';
import { ExpressionError } from '../problem.js';
import type { Program, Step } from '../program/steps.js';
import { showLengths, valuesOf, type Lengths } from './lengths.js';
import { Misfit, shapeRule, type RuleContext } from './rules.js';

/** Shapes of what comes from outside, without the batch axis. */
export interface OuterShapes {
  readonly inputs: ReadonlyMap<string, readonly number[]>;
  readonly parameters: ReadonlyMap<string, readonly number[]>;
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
export const featuresOf = ({ inputs }: OuterShapes): number => [...inputs.values()][0]?.at(-1) ?? 1;

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

/** The shape of each step. Throws StepError. */
export function inferShapes(program: Program, outer: OuterShapes): Lengths[] {
  const shapes: Lengths[] = [];
  const outputShape = (): Lengths => shapes[program.output] ?? [];
  const leaf: RuleContext['leaf'] = ({ role, name }) => {
    if (role === 'input') return [null, ...(outer.inputs.get(name) ?? [])];
    if (role === 'parameter') return outer.parameters.get(name) ?? [];
    return role === 'gradient' ? outputShape() : [];
  };
  const features = featuresOf(outer);
  for (const [index, step] of program.steps.entries()) {
    const perSample = index < program.forwardCount;
    const inputs = step.operation.inputs.map((input) => shapes[input] ?? []);
    try {
      const shape = shapeRule(step.operation, inputs, { leaf, features, perSample });
      checkShape(shape, step, perSample);
      shapes.push(shape);
    } catch (error) {
      if (!(error instanceof Misfit)) throw error;
      throw new StepError(step, 'shape', `in "${excerpt(step)}", ${error.message}`, error.hint);
    }
  }
  return shapes;
}
