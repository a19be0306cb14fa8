// What recurrent layers take.

import { ShapeError, showShape, type LayerInputs, type Shape } from '../layer.js';
import type { Cell } from './cell.js';

/** Longest sequence that runs step by step: each step is ops of its own in the graph, which takes time to make. */
const MOST_STEPS = 1000;

/** The tensors of a call, in Keras's order. */
export const PARAMETERS = ['sequences', 'initial_state'] as const;

/** Inputs of a recurrent layer: the sequence, and as many initial states as there are. */
export const sequenceInputs = (states: number) => ({ least: 1, most: 1 + states });

/** The sequence's shape, [steps, ...input]. Throws ShapeError for another rank. */
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

/** The sequence comes first, by position or by name, and initial states after it. */
export function checkNames({ names }: LayerInputs): void {
  const [first = null, ...others] = names;
  const wrong =
    first !== null && first !== PARAMETERS[0]
      ? first
      : others.find((name) => name !== null && name !== PARAMETERS[1]);
  if (wrong === undefined) return;
  const hint =
    'Pass the sequence first, then the initial states as "initial_state"; masks come with their tensors';
  throw new ShapeError(`takes no tensor as "${wrong}" there`, hint);
}

export function checkStates({ states }: Cell, given: readonly Shape[]): void {
  const areFit =
    given.length === states.length &&
    given.every((shape, at) => showShape(shape) === showShape(states[at] ?? []));
  if (given.length === 0 || areFit) return;
  const message = `takes initial states of the shapes ${states.map(showShape).join(', ')}, it is given ${given.map(showShape).join(', ')}`;
  throw new ShapeError(message, 'Give it as many states as it has, of its own units');
}

/** Throws ShapeError where a sequence that runs step by step is too long. */
export function checkLength(steps: number): void {
  if (steps <= MOST_STEPS) return;
  const message = `runs step by step with these settings, and ${steps} steps are more than ${MOST_STEPS}`;
  throw new ShapeError(
    message,
    'Use shorter sequences, or an LSTM with the default activations and no recurrent dropout',
  );
}
