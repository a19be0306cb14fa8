// The shape rule of each operation. A rule that refuses says why; the caller says where.

import type { Operation, ReshapeLength } from '../program/steps.js';
import { axisOf, broadcast, showLengths, valuesOf, type Length, type Lengths } from './lengths.js';

/** A refusal, with the shapes in its message. */
export class Misfit extends Error {
  constructor(
    message: string,
    readonly hint: string,
  ) {
    super(message);
    this.name = 'Misfit';
  }
}

export interface RuleContext {
  /** The shapes of inputs, parameters, gradient and features. */
  readonly leaf: (operation: Extract<Operation, { kind: 'leaf' }>) => Lengths;
  /** The length of the first input's last axis. */
  readonly features: number;
  /** Whether samples are apart from each other: true for all but backward formulas. */
  readonly perSample: boolean;
}

const AXES_HINT = 'Axes count from 0, the batch, or from -1, the last one';

function requireAxis(axis: number, shape: Lengths, { perSample }: RuleContext): number {
  const counted = axisOf(axis, shape.length);
  if (counted === null) {
    throw new Misfit(`there is no axis ${axis} in the shape ${showLengths(shape)}`, AXES_HINT);
  }
  if (perSample && shape[counted] === null) {
    const message = `axis ${axis} of the shape ${showLengths(shape)} is the batch: samples cannot be mixed`;
    throw new Misfit(message, 'Name another axis, such as -1');
  }
  return counted;
}

function elementwiseShape(shapes: readonly Lengths[]): Lengths {
  return shapes.reduce((shape, next) => {
    const result = broadcast(shape, next);
    if (result) return result;
    const message = `the shapes ${showLengths(shape)} and ${showLengths(next)} do not fit each other`;
    const hint =
      'From the last axis on, lengths have to be equal, or 1: keepdims=true and reshape make axes of 1';
    throw new Misfit(message, hint);
  });
}

/** The axes that a reduction takes away: by default all but the batch. */
export function reducedAxes(axes: readonly number[] | null, shape: Lengths, context: RuleContext): number[] {
  if (axes === null) return shape.flatMap((length, axis) => (length === null ? [] : [axis]));
  const counted = axes.map((axis) => requireAxis(axis, shape, context));
  if (new Set(counted).size < counted.length) {
    throw new Misfit(`an axis is named twice for the shape ${showLengths(shape)}`, AXES_HINT);
  }
  return counted;
}

function matmulShape(a: Lengths, b: Lengths, { perSample }: RuleContext): Lengths {
  const [rows, inner] = a.slice(-2);
  const [other, columns] = b.slice(-2);
  const shapes = `${showLengths(a)} and ${showLengths(b)}`;
  if (a.length < 2 || b.length < 2) {
    throw new Misfit(
      `matmul takes two matrices, it is given ${shapes}`,
      'Give a vector a second axis: reshape',
    );
  }
  if (inner !== other) {
    const message = `matmul of ${shapes}: the last axis of the first is not as long as the last but one of the second`;
    throw new Misfit(message, "Change a parameter's shape, or use transpose");
  }
  if (perSample && inner === null)
    throw new Misfit(`matmul of ${shapes} mixes samples`, 'Change their order');
  const stack = broadcast(a.slice(0, -2), b.slice(0, -2));
  if (!stack) throw new Misfit(`matmul of ${shapes}: the axes before the matrices do not fit`, 'Use reshape');
  return [...stack, rows ?? null, columns ?? null];
}

/** The order of axes of a transposition. */
export function permutation(axes: readonly number[] | null, shape: Lengths, context: RuleContext): number[] {
  const rank = shape.length;
  const last = Array.from({ length: rank }, (_, axis) => axis);
  if (axes === null) {
    if (rank < 2) throw new Misfit(`transpose takes at least 2 axes, not ${showLengths(shape)}`, AXES_HINT);
    return [...last.slice(0, -2), rank - 1, rank - 2];
  }
  const order = axes.map((axis) => axisOf(axis, rank));
  const counted = order.filter((axis) => axis !== null);
  if (counted.length !== rank || new Set(counted).size !== rank) {
    const message = `the axes [${axes.join(', ')}] are no order of the axes of ${showLengths(shape)}`;
    throw new Misfit(
      message,
      context.perSample ? 'Name each axis once, the batch (0) first' : 'Name each once',
    );
  }
  return counted;
}

/** The shape that a reshape gives: what is written, behind the batch. */
export function reshaped(to: readonly ReshapeLength[], from: Lengths, { features }: RuleContext): Lengths {
  const batch = from.filter((length) => length === null);
  if (batch.length > 0 && from[0] !== null) {
    throw new Misfit(
      `the batch is not the first axis of ${showLengths(from)}`,
      'Use transpose before reshape',
    );
  }
  const lengths = to.map((length) => (length === 'features' ? features : length));
  const known = valuesOf(lengths.filter((length) => length !== -1));
  const filled = lengths.map((length) => (length === -1 ? valuesOf(from) / known : length));
  if (valuesOf(filled) === valuesOf(from) && filled.every(Number.isInteger)) return [...batch, ...filled];
  const message = `${showLengths(from)} has ${valuesOf(from)} values a sample, they cannot have the shape [${lengths.join(', ')}]`;
  throw new Misfit(message, 'The batch axis stays, and is not written; -1 stands for what is left');
}

function concatShape(axis: number, shapes: readonly Lengths[], context: RuleContext): Lengths {
  const [first = []] = shapes;
  const counted = requireAxis(axis, first, context);
  let sum = 0;
  for (const shape of shapes) {
    const length = shape[counted];
    const fits =
      shape.length === first.length &&
      shape.every((value, index) => index === counted || value === first[index]);
    if (!fits || typeof length !== 'number') {
      const message = `the shapes ${showLengths(first)} and ${showLengths(shape)} differ in more than axis ${axis}`;
      throw new Misfit(message, 'All axes but the one that is joined have to be equal');
    }
    sum += length;
  }
  return first.map((length, index) => (index === counted ? sum : length));
}

/** The shape of a step's result. */
export function shapeRule(operation: Operation, inputs: readonly Lengths[], context: RuleContext): Lengths {
  const [shape = [], second = []] = inputs;
  switch (operation.kind) {
    case 'constant':
      return [];
    case 'leaf':
      return context.leaf(operation);
    case 'elementwise': {
      if (operation.op === 'straightThrough' && showLengths(shape) !== showLengths(second)) {
        const message = `straightThrough takes two values of one shape, not ${showLengths(shape)} and ${showLengths(second)}`;
        throw new Misfit(message, 'Such as straightThrough(round(w), w)');
      }
      return elementwiseShape(inputs);
    }
    case 'reduction': {
      const axes = new Set(reducedAxes(operation.axes, shape, context));
      if (operation.keepdims) return shape.map((length, axis): Length => (axes.has(axis) ? 1 : length));
      return shape.filter((_, axis) => !axes.has(axis));
    }
    case 'normalization':
      requireAxis(operation.axis, shape, context);
      return shape;
    case 'matmul':
      return matmulShape(shape, second, context);
    case 'transpose':
      return permutation(operation.axes, shape, context).map((axis) => shape[axis] ?? null);
    case 'reshape':
      return reshaped(operation.shape, shape, context);
    case 'concat':
      return concatShape(operation.axis, inputs, context);
  }
}
