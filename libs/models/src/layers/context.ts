// What a layer is called with, over any set of weights.

import type { Engine, Scalar, Tensor, Tensor1D } from '@gradstream/engine';
import { activate, type Activation } from '../activations/index.js';
import type { LayerContext } from './layer.js';

export interface ContextParts {
  readonly gs: Engine;
  readonly training: boolean;
  readonly trainable: boolean;
  readonly masks: readonly (Tensor | null)[];
  readonly weight: (name: string) => Tensor;
  /** Seed of the call (int32 [2]); null outside of training. */
  readonly seed: Tensor1D | null;
  /** Leave out the activation at the layer's end, for a loss that works on what comes before it. */
  readonly skipActivation: boolean;
  /** Stands in for the value before the activation at the layer's end. */
  readonly beforeActivation?: ((x: Tensor) => Tensor) | undefined;
  readonly update: (name: string, value: Tensor) => void;
  readonly addLoss: (value: Scalar) => void;
}

/** Seeds that one call of a layer may take. */
export const SEEDS_PER_CALL = 16;

/** The context of one call. */
export function createContext(parts: ContextParts): LayerContext {
  const { gs, training, seed } = parts;
  let drawn = 0;
  const nextSeed = (): Tensor1D => {
    if (!seed) throw new Error('random numbers are for training: a layer asked for a seed outside of it');
    if (drawn >= SEEDS_PER_CALL) throw new Error(`a call takes at most ${SEEDS_PER_CALL} seeds`);
    return gs.tf.add<Tensor1D>(seed, gs.tf.tensor1d([0, drawn++], 'int32'));
  };
  const contextFor = (prefix: string, masks: readonly (Tensor | null)[]): LayerContext => ({
    gs,
    training,
    trainable: parts.trainable,
    masks,
    weight: (name) => parts.weight(`${prefix}${name}`),
    seed: nextSeed,
    activate: (x: Tensor, activation: Activation) => {
      if (prefix !== '') return activate(gs, activation, x);
      const before = parts.beforeActivation?.(x) ?? x;
      return parts.skipActivation ? before : activate(gs, activation, before);
    },
    update: (name, value) => {
      if (training) parts.update(`${prefix}${name}`, value);
    },
    addLoss: parts.addLoss,
    within: (inner, innerMasks) => contextFor(`${prefix}${inner}/`, innerMasks),
  });
  return contextFor('', parts.masks);
}
