import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from '@gradstream/engine';
import { z } from 'zod';
import { activate } from '../../activations/index.js';
import type { LayerContext, LayerType } from '../layer.js';
import { lengthSchema } from '../schemas.js';
import { biasOf, kernelOf } from '../weights.js';
import type { Cell } from './cell.js';
import { flopsOf, projectAll, recurrentLayer, sequenceInputs, sequenceShape } from './recurrentLayer.js';
import { gateConfig, recurrentKernelOf } from './settings.js';

const config = z.strictObject({
  ...gateConfig,
  units: lengthSchema,
  reset_after: z.boolean().default(true),
});
type Settings = z.infer<typeof config>;

const GATES = 3;

function gruCell(settings: Settings, features: number): Cell {
  const {
    units,
    activation,
    recurrent_activation: gate,
    use_bias: useBias,
    reset_after: resetAfter,
  } = settings;
  const isPlain = activation === 'tanh' && gate === 'sigmoid';
  /** The biases of the inputs and of the states; null for none. */
  const biases = ({ gs, weight }: LayerContext): [Tensor | null, Tensor | null] => {
    if (!useBias) return [null, null];
    if (!resetAfter) return [weight('bias'), null];
    const [ofInputs, ofStates] = gs.tf.unstack(weight('bias'));
    return [ofInputs ?? null, ofStates ?? null];
  };
  return {
    states: [[units]],
    weights: [
      kernelOf(settings, [features, GATES * units]),
      recurrentKernelOf(settings, [units, GATES * units]),
      ...biasOf(settings, resetAfter ? [2, GATES * units] : [GATES * units]),
    ],
    flops: flopsOf(features, units, GATES) + 5 * units,
    kept: 6 * units,
    ...(isPlain
      ? {
          whole: ({ context, x }, [state]) => {
            const { tf, ops } = context.gs;
            const none = (): Tensor => tf.fill(resetAfter ? [2, GATES * units] : [GATES * units], 0);
            const weights = {
              kernel: context.weight('kernel') as Tensor2D,
              recurrentKernel: context.weight('recurrent_kernel') as Tensor2D,
              bias: (useBias ? context.weight('bias') : none()) as Tensor1D | Tensor2D,
            };
            const result = ops.gru(x as Tensor3D, weights, { state: state as Tensor2D });
            return { sequence: result.sequence, states: [result.state] };
          },
        }
      : {}),
    prepare: ({ context, x, dropState }) => {
      const { gs } = context;
      const { tf } = gs;
      const [inputBias, stateBias] = biases(context);
      const projected = projectAll(context, x, context.weight('kernel'), inputBias);
      const recurrent = context.weight('recurrent_kernel');
      const [forGates, forCandidate] = tf.split(recurrent, [2 * units, units], 1) as [Tensor, Tensor];
      /** The states' part of the gates, and of the candidate given the reset gate. */
      const fromState = (hidden: Tensor): [gates: Tensor, candidate: (reset: Tensor) => Tensor] => {
        if (!resetAfter)
          return [tf.matMul(hidden, forGates), (reset) => tf.matMul(reset.mul(hidden), forCandidate)];
        const product = tf.matMul(hidden, recurrent);
        const all = stateBias ? product.add(stateBias) : product;
        const [gates, candidate] = tf.split(all, [2 * units, units], 1) as [Tensor, Tensor];
        return [gates, (reset) => reset.mul(candidate)];
      };
      return (index, [state]) => {
        const input = projected[index];
        if (!state || !input) throw new Error('a step has an input and a state');
        const hidden = dropState?.(state) ?? state;
        const [gateInput, candidateInput] = tf.split(input, [2 * units, units], 1) as [Tensor, Tensor];
        const [gateState, candidateOf] = fromState(hidden);
        const [update, reset] = tf.split(activate(gs, gate, gateInput.add(gateState)), 2, 1) as [
          Tensor,
          Tensor,
        ];
        const candidate = activate(gs, activation, candidateInput.add(candidateOf(reset)));
        return [update.mul(state.sub(candidate)).add(candidate)];
      };
    },
  };
}

/** Keras `GRU`; the gates are update, reset, candidate. */
export const gru: LayerType<Settings> = {
  config,
  inputs: sequenceInputs(1),
  build: (settings, inputs) =>
    recurrentLayer(gruCell(settings, sequenceShape(inputs, 1).input[0] ?? 1), settings, inputs),
};
