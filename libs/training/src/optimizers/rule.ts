import type { Scalar, Tensor } from '@gradstream/engine';
import type { TrainableWeight } from './weights.js';

/** Changes one weight and its slots, within a step. */
export type WeightUpdate<Shared> = (gradient: Tensor, learningRate: Scalar, shared: Shared) => void;

/** How one optimizer updates weights. */
export interface UpdateRule<Shared = undefined> {
  /** Whether `shared` uses t; else the optimizer counts no updates. */
  readonly timed: boolean;
  /** Values that all weights of one update share, such as bias corrections; t counts the updates from 1. */
  shared(t: Scalar): Shared;
  /** Makes a weight's slots, and returns its update. */
  prepare(weight: TrainableWeight): WeightUpdate<Shared>;
}
