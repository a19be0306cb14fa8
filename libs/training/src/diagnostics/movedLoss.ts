// The loss of a batch with one element of one weight moved, which changes no variable.

import {
  EngineError,
  type CapturedStep,
  type Engine,
  type Scalar,
  type Tensor,
  type Tensor1D,
} from '@gradstream/engine';
import type { Training } from '../fit/training.js';
import { splitInputs, type InputLayout } from '../fit/upload.js';
import type { Weight } from '../network/network.js';
import { trainingLoss } from './trainingLoss.js';

/** What losses are computed in. */
export type Arithmetic = 'float64' | 'float32';

export interface MovedLoss {
  readonly arithmetic: Arithmetic;
  /** Why it is not float64; null when it is. */
  readonly reason: string | null;
  /** The loss when `distance`, which float32 can hold, is added to an element, by its place among all of the trained weights'. */
  readonly at: (element: number, distance: number) => Promise<number>;
  readonly dispose: () => void;
}

/** All digits of a float64 as three float32: the upper 24 bits are split off, exactly (Dekker, 1971). */
function digitsOf({ tf }: Engine, x: Scalar): Tensor1D {
  const upper = (y: Tensor): Tensor => {
    const scaled = y.mul(2 ** 29).add(y);
    return scaled.sub(scaled.sub(y));
  };
  const high = upper(x);
  const rest = x.sub(high);
  const middle = upper(rest);
  return tf.stack([high, middle, rest.sub(middle)]) as Tensor1D;
}

/** The weights with one element moved; positions count through all of them. */
function movedWeights({ gs, network }: Training, element: Scalar, distance: Scalar): Map<Weight, Tensor> {
  const { tf } = gs;
  let before = 0;
  const entries = network.trainable.map((weight): [Weight, Tensor] => {
    const { variable } = weight;
    // Out of range, oneHot has no one.
    const place = element.sub(tf.scalar(before, 'int32')).reshape([1]);
    before += variable.size;
    // tfjs's oneHot wants two places at least.
    const hot = tf.oneHot(place, Math.max(2, variable.size), 1, 0, 'float32').reshape([-1]);
    const direction = hot.slice([0], [variable.size]).reshape(variable.shape);
    return [weight, variable.add(direction.mul(distance))];
  });
  return new Map(entries);
}

/** The loss of a batch, in float64 where the model's ops allow it. `tensors` are the batch and the seed. */
export function movedLoss(training: Training, layout: InputLayout, tensors: readonly Tensor[]): MovedLoss {
  const { gs } = training;
  const { tf } = gs;
  const body = (...given: Tensor[]): Tensor[] => {
    const batch = splitInputs(given, layout);
    const [seed, element, distance] = batch.rest as [Tensor1D, Scalar, Scalar];
    const moved = movedWeights(training, element, distance);
    const loss = trainingLoss(training, batch, {
      seed,
      weightOf: (weight) => moved.get(weight) ?? weight.variable,
    });
    return [digitsOf(gs, loss)];
  };
  const captured = (precision: Arithmetic): CapturedStep => {
    const step = gs.capture(body, { precision });
    const place = [tf.scalar(0, 'int32'), tf.scalar(0)];
    try {
      step.trace(...tensors, ...place);
      return step;
    } catch (error) {
      step.dispose();
      throw error;
    } finally {
      tf.dispose(place);
    }
  };
  const choose = (): { step: CapturedStep; arithmetic: Arithmetic; reason: string | null } => {
    try {
      return { step: captured('float64'), arithmetic: 'float64', reason: null };
    } catch (error) {
      if (!(error instanceof EngineError) || error.code !== 'NOT_SUPPORTED') throw error;
      return { step: captured('float32'), arithmetic: 'float32', reason: error.message };
    }
  };
  const { step, arithmetic, reason } = choose();
  return {
    arithmetic,
    reason,
    at: async (element, distance) => {
      const place = [tf.scalar(element, 'int32'), tf.scalar(distance)];
      const outputs = await step.runAsync([...tensors, ...place]);
      const [high = Number.NaN, middle = 0, low = 0] = outputs[0]?.dataSync() ?? [];
      tf.dispose([...place, ...outputs]);
      return low + middle + high;
    },
    dispose: () => {
      step.dispose();
    },
  };
}
