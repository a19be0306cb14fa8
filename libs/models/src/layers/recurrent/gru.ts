import type { Tensor, Tensor1D, Tensor2D, Tensor3D } from '@gradstream/engine';
import { z } from 'zod';
import { activate } from '../../activations/index.js';
import type { LayerContext, LayerType } from '../layer.js';
import { lengthSchema } from '../schemas.js';
import { biasOf, kernelOf } from '../weights.js';
import type { Cell, CellCall } from './cell.js';
import { PARAMETERS, sequenceInputs, sequenceShape } from './checks.js';
import { flopsOf, multiplyBy, projectAll } from './products.js';
import { recurrentLayer } from './recurrentLayer.js';
import { checkActivations, gateConfig, recurrentKernelOf } from './settings.js';

const config = z.strictObject({
  ...gateConfig,
  units: lengthSchema,
  reset_after: z.boolean().default(true),
});
type Settings = z.infer<typeof config>;

const GATES = 3;

/** The state's part of both gates, and of the candidate given the reset gate. */
type FromState = (state: Tensor) => [gates: Tensor, candidate: (reset: Tensor) => Tensor];

/** The reset gate on the state's product, which all three parts have in common. */
function afterProduct({ context, drops }: CellCall, recurrent: Tensor, bias: Tensor | null): FromState {
  const { gs } = context;
  const multiply = multiplyBy(gs, recurrent, drops.state);
  return (state) => {
    const product = multiply(state);
    const units = (recurrent.shape[1] ?? GATES) / GATES;
    const [gates, candidate] = gs.tf.split(bias ? product.add(bias) : product, [2 * units, units], 1) as [
      Tensor,
      Tensor,
    ];
    return [gates, (reset) => reset.mul(candidate)];
  };
}

/** The reset gate on the state itself, before its product. */
function beforeProduct({ context, drops }: CellCall, recurrent: Tensor, units: number): FromState {
  const { gs } = context;
  const { tf } = gs;
  const [forGates, forCandidate] = tf.split(recurrent, [2 * units, units], 1) as [Tensor, Tensor];
  const [dropGates = null, dropCandidate = null] = drops.state ? tf.split(drops.state, [2, 1], 0) : [];
  const ofGates = multiplyBy(gs, forGates, dropGates);
  const ofCandidate = multiplyBy(gs, forCandidate, dropCandidate);
  return (state) => [ofGates(state), (reset) => ofCandidate(reset.mul(state))];
}

export function gruCell(settings: Settings, features: number): Cell {
  const {
    units,
    activation,
    recurrent_activation: gate,
    use_bias: useBias,
    reset_after: resetAfter,
  } = settings;
  const isUsual = activation === 'tanh' && gate === 'sigmoid';
  checkActivations(units, settings);
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
    gates: { count: GATES, always: false },
    flops: flopsOf(features, units, GATES) + 5 * units,
    kept: 6 * units,
    isFused: false,
    whole: isUsual
      ? (context, x, [state]) => {
          const { tf, ops } = context.gs;
          const none = (): Tensor => tf.fill(resetAfter ? [2, GATES * units] : [GATES * units], 0);
          const weights = {
            kernel: context.weight('kernel') as Tensor2D,
            recurrentKernel: context.weight('recurrent_kernel') as Tensor2D,
            bias: (useBias ? context.weight('bias') : none()) as Tensor1D | Tensor2D,
          };
          const result = ops.gru(x as Tensor3D, weights, { state: state as Tensor2D });
          return { sequence: () => result.sequence, last: [result.state] };
        }
      : undefined,
    prepare: (call) => {
      const { context } = call;
      const { gs } = context;
      const { tf } = gs;
      const [inputBias, stateBias] = biases(context);
      const projected = projectAll(call, context.weight('kernel'), inputBias);
      const recurrent = context.weight('recurrent_kernel');
      const fromState = resetAfter
        ? afterProduct(call, recurrent, stateBias)
        : beforeProduct(call, recurrent, units);
      return (index, [state]) => {
        const input = projected[index];
        if (!state || !input) throw new Error('a step has an input and a state');
        const [gateInput, candidateInput] = tf.split(input, [2 * units, units], 1) as [Tensor, Tensor];
        const [gateState, candidateOf] = fromState(state);
        const gates = tf.split(gateInput.add(gateState), 2, 1) as [Tensor, Tensor];
        const [update, reset] = gates.map((x) => activate(gs, gate, x)) as [Tensor, Tensor];
        const candidate = activate(gs, activation, candidateInput.add(candidateOf(reset)));
        return [update.mul(state.sub(candidate)).add(candidate)];
      };
    },
  };
}

/** Keras `GRU`; the gates are update, reset, candidate. */
export const gru: LayerType<Settings> = {
  config,
  parameters: PARAMETERS,
  inputs: sequenceInputs(1),
  build: (settings, inputs) =>
    recurrentLayer(gruCell(settings, sequenceShape(inputs, 1).input[0] ?? 1), settings, inputs),
};
