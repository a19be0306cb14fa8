// A cell over a sequence: direction, initial states, dropout, masks, and what the layer returns. Keras `RNN`.

import type { Tensor } from '@gradstream/engine';
import type { Regularizer } from '../../regularizers/index.js';
import {
  ShapeError,
  showShape,
  sizeOf,
  type LayerContext,
  type LayerInputs,
  type LayerPlan,
  type Shape,
} from '../layer.js';
import type { Cell, CellCall } from './cell.js';

export interface SequenceSettings {
  readonly return_sequences: boolean;
  readonly return_state: boolean;
  readonly go_backwards: boolean;
  readonly zero_output_for_mask: boolean;
  readonly dropout: number;
  readonly recurrent_dropout: number;
  readonly activity_regularizer?: Regularizer | null | undefined;
}

/** Longest sequence that runs step by step: each step is ops of its own in the graph, which takes time to make. */
const MOST_STEPS = 1000;

/** The sequence's shape, [steps, ...input]. Throws ShapeError for another rank or for initial states that do not fit. */
export function sequenceShape({ shapes }: LayerInputs, rank: number): { steps: number; input: Shape } {
  const [shape = []] = shapes;
  const [steps, ...input] = shape;
  if (steps !== undefined && input.length === rank) return { steps, input };
  const wanted = rank === 1 ? '[steps, features]' : '[steps, height, width, channels]';
  throw new ShapeError(
    `takes ${wanted} a sample, it is given the shape ${showShape(shape)}`,
    rank === 1 ? 'Put an Embedding or a Reshape before it' : 'Give it sequences of images',
  );
}

function checkStates(cell: Cell, given: readonly Shape[]): void {
  if (given.length === 0) return;
  if (
    given.length === cell.states.length &&
    given.every((shape, at) => showShape(shape) === showShape(cell.states[at] ?? []))
  )
    return;
  const message = `takes initial states of the shapes ${cell.states.map(showShape).join(', ')}, it is given ${given.map(showShape).join(', ')}`;
  throw new ShapeError(message, 'Give it as many states as it has, of its own units');
}

/** Inverted dropout with one mask for all steps, as Keras has it. */
function droppingAlike(context: LayerContext, rate: number, like: Tensor): (x: Tensor) => Tensor {
  const { tf, ops } = context.gs;
  const mask = ops.dropout(tf.fill(like.shape, 1), rate, context.seed());
  return (x) => x.mul(mask);
}

/** The steps of a tensor [batch, steps, ...]. */
const stepsOf = (x: Tensor): Tensor[] => x.unstack(1);

/** Runs a cell step by step. A masked step leaves the states as they are. */
function runSteps(
  cell: Cell,
  call: CellCall,
  start: readonly Tensor[],
  mask: Tensor | null,
  zeroMasked: boolean,
): { outputs: Tensor[]; states: readonly Tensor[] } {
  const { tf } = call.context.gs;
  const step = cell.prepare(call);
  const steps = call.x.shape[1] ?? 0;
  const masks = mask ? stepsOf(mask) : [];
  let states = start;
  let output = tf.zerosLike(start[0] ?? call.x);
  const outputs: Tensor[] = [];
  for (let index = 0; index < steps; index++) {
    const next = step(index, states);
    const counts = masks[index];
    if (!counts) {
      states = next;
      output = next[0] ?? output;
    } else {
      const keep = (after: Tensor, before: Tensor): Tensor => {
        const shape = [-1, ...after.shape.slice(1).map(() => 1)];
        return tf.where(counts.reshape(shape).logicalAnd(tf.onesLike(after).cast('bool')), after, before);
      };
      const now = next[0] ?? output;
      states = next.map((state, at) => keep(state, states[at] ?? state));
      output = keep(now, zeroMasked ? tf.zerosLike(now) : output);
    }
    outputs.push(output);
  }
  return { outputs, states };
}

/** The plan of a layer that runs a cell over [steps, ...input]. */
export function recurrentLayer(
  cell: Cell,
  settings: SequenceSettings,
  inputs: LayerInputs,
  rank = 1,
): LayerPlan {
  const { steps, input } = sequenceShape(inputs, rank);
  checkStates(cell, inputs.shapes.slice(1));
  const [state = []] = cell.states;
  const { return_sequences: sequences, return_state: returnsState } = settings;
  if (!cell.whole && steps > MOST_STEPS) {
    const message = `runs step by step with these settings, and ${steps} steps are more than ${MOST_STEPS}`;
    throw new ShapeError(message, 'Use shorter sequences, or the default activations');
  }
  return {
    outputs: [sequences ? [steps, ...state] : state, ...(returnsState ? cell.states : [])],
    weights: cell.weights,
    flops: steps * cell.flops,
    kept: steps * cell.kept,
    activityRegularizer: settings.activity_regularizer ?? null,
    mask: (context) => (sequences ? (context.masks[0] ?? null) : null),
    call: (context, [given, ...initial]) => {
      const { tf } = context.gs;
      if (!given) throw new Error('a recurrent layer was called without a sequence');
      const [mask = null] = context.masks;
      const ordered = (x: Tensor): Tensor => (settings.go_backwards ? x.reverse(1) : x);
      const dropped =
        context.training && settings.dropout > 0
          ? droppingAlike(context, settings.dropout, given.slice(0, [-1, 1, ...input.map(() => -1)]))(given)
          : given;
      const zeros = (shape: Shape): Tensor => tf.fill([given.shape[0], ...shape], 0);
      const start = initial.length > 0 ? initial : cell.states.map(zeros);
      const drops = context.training && settings.recurrent_dropout > 0;
      const dropState = drops ? droppingAlike(context, settings.recurrent_dropout, zeros(state)) : null;
      const call = { context, x: ordered(dropped), dropState };
      if (cell.whole && !mask && !dropState) {
        const { sequence, states } = cell.whole(call, start);
        return [sequences ? sequence : (states[0] ?? sequence), ...(returnsState ? states : [])];
      }
      if (steps > MOST_STEPS) throw new Error(`a masked sequence has at most ${MOST_STEPS} steps`);
      const { outputs, states } = runSteps(
        cell,
        call,
        start,
        mask && ordered(mask),
        settings.zero_output_for_mask,
      );
      const result = sequences ? tf.stack(outputs, 1) : (outputs.at(-1) ?? given);
      return [result, ...(returnsState ? states : [])];
    },
  };
}

/** The product of all steps of x [batch, steps, features] with a kernel, as one, and a bias: [batch, steps, units]. */
export function projectAll({ gs }: LayerContext, x: Tensor, kernel: Tensor, bias: Tensor | null): Tensor[] {
  const [, steps = 1, features = 1] = x.shape;
  const product = gs.tf.matMul(x.reshape([-1, features]), kernel);
  const sum = bias ? product.add(bias) : product;
  return stepsOf(sum.reshape([-1, steps, sum.shape.at(-1) ?? 1]));
}

/** Inputs of a recurrent layer: the sequence, and as many initial states as there are. */
export const sequenceInputs = (states: number) => ({ least: 1, most: 1 + states });

export const flopsOf = (features: number, units: number, gates: number): number =>
  2 * gates * units * (features + units) + sizeOf([gates, units]);
