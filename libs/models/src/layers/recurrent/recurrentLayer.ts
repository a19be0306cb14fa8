// A cell over a sequence: direction, initial states, dropout, masks, and what the layer returns. Keras `RNN`.

import type { Tensor } from '@gradstream/engine';
import type { Regularizer } from '../../regularizers/index.js';
import { type LayerContext, type LayerInputs, type LayerPlan } from '../layer.js';
import type { Cell, Run } from './cell.js';
import { checkLength, checkNames, checkStates, sequenceShape } from './checks.js';
import { packing, type Packed } from './masked.js';
import { runSteps } from './steps.js';

export interface SequenceSettings {
  readonly return_sequences: boolean;
  readonly return_state: boolean;
  readonly go_backwards: boolean;
  readonly zero_output_for_mask: boolean;
  readonly dropout: number;
  readonly recurrent_dropout: number;
  readonly implementation: number;
  readonly activity_regularizer?: Regularizer | null | undefined;
}

/** Factors of inverted dropout [count, batch, ...shape]; null where nothing is dropped. */
function dropsOf(
  { gs, training, seed }: LayerContext,
  rate: number,
  shape: readonly number[],
): Tensor | null {
  return training && rate > 0 ? gs.ops.dropout(gs.tf.fill([...shape], 1), rate, seed()) : null;
}

/** What the layer returns of a run over a sequence: the output, then the states if they are wanted. */
function results(
  { sequence, last }: Run,
  { return_sequences: sequences, return_state: returnsState }: SequenceSettings,
): Tensor[] {
  const [output] = last;
  if (!output) throw new Error('a cell has a state');
  return [sequences ? sequence(0) : output, ...(returnsState ? last : [])];
}

/** The same of a run over a packed sequence. */
function unpacked(
  { sequence }: Run,
  packed: Packed,
  start: readonly Tensor[],
  settings: SequenceSettings,
): Tensor[] {
  const outputs = sequence(0);
  const isZeroed = settings.zero_output_for_mask;
  const output = settings.return_sequences
    ? packed.unpack(outputs, isZeroed)
    : packed.lastOutput(outputs, isZeroed);
  if (!settings.return_state) return [output];
  return [output, ...start.map((state, at) => packed.lastState(at === 0 ? outputs : sequence(at), state))];
}

/** The plan of a layer that runs a cell over [steps, ...input]. */
export function recurrentLayer(
  cell: Cell,
  settings: SequenceSettings,
  inputs: LayerInputs,
  rank = 1,
): LayerPlan {
  const { steps, input } = sequenceShape(inputs, rank);
  checkNames(inputs);
  checkStates(cell, inputs.shapes.slice(1));
  const [state = []] = cell.states;
  const { return_sequences: sequences, return_state: returnsState } = settings;
  // As Keras has it: dropout of a state brings factors of its own for each gate.
  const isEachOwn = cell.gates.always || settings.recurrent_dropout > 0 || settings.implementation === 1;
  const count = isEachOwn ? cell.gates.count : 1;
  const takesWhole = settings.recurrent_dropout === 0 && (settings.dropout === 0 || count === 1);
  if (!(cell.isFused && takesWhole)) checkLength(steps);
  return {
    outputs: [sequences ? [steps, ...state] : state, ...(returnsState ? cell.states : [])],
    weights: cell.weights,
    flops: steps * cell.flops,
    kept: steps * cell.kept,
    activityRegularizer: settings.activity_regularizer ?? null,
    mask: ({ masks: [mask = null] }) => [
      sequences ? mask : null,
      ...(returnsState ? cell.states.map(() => null) : []),
    ],
    call: (context, [given, ...initial]) => {
      const { gs, masks } = context;
      const { tf } = gs;
      if (!given) throw new Error('a recurrent layer was called without a sequence');
      const [batch] = given.shape;
      const ordered = (x: Tensor): Tensor => (settings.go_backwards ? x.reverse(1) : x);
      const packed = masks[0] ? packing(gs, ordered(masks[0])) : null;
      const x = packed?.pack(ordered(given)) ?? ordered(given);
      const start = initial.length > 0 ? initial : cell.states.map((shape) => tf.fill([batch, ...shape], 0));
      const drops = {
        input: dropsOf(context, settings.dropout, [count, batch, ...input]),
        state: dropsOf(context, settings.recurrent_dropout, [count, batch, ...state]),
      };
      const factors = count === 1 ? drops.input?.reshape([batch, 1, ...input]) : null;
      const run =
        cell.whole && (takesWhole || !context.training)
          ? cell.whole(context, factors ? x.mul(factors) : x, start)
          : runSteps(cell, { context, x, drops }, start);
      return packed ? unpacked(run, packed, start, settings) : results(run, settings);
    },
  };
}
