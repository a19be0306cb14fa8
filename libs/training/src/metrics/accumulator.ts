// What a step computes for metrics, and where the host adds it up. Metrics that need the same numbers share one.

import type { Tensor } from '@gradstream/engine';
import type { Values } from '../losses/loss.js';
import { weightedSums } from '../losses/reduction.js';
import { Sums, type Store } from './store.js';
import type { BatchView } from './view.js';

export interface Accumulator<State extends Store = Store> {
  /** Two of the same key compute the same. */
  readonly key: string;
  readonly store: State;
  /** How many numbers a step gives, for a number of rows: samples times positions. */
  readonly length: (rows: number) => number;
  /** The numbers, as tensors that are laid out one after the other; runs inside the step. */
  readonly compute: (view: BatchView) => readonly Tensor[];
}

/** What a metric says of an epoch so far. */
export interface MetricResult {
  /** One number; one for each class or unit; or a matrix [actual class][predicted class]. NaN where it is undefined. */
  readonly value: number | readonly number[] | readonly (readonly number[])[];
  /** False for areas under curves that were computed at 200 thresholds, because of more samples than `maxSamples`. */
  readonly isExact: boolean;
}

/** What metrics know before the first step. */
export interface Outline {
  /** Classes or units of the output. */
  readonly units: number;
  /** Whether the step's outputs are what stands before a sigmoid. */
  readonly isSigmoidLogit: boolean;
}

/** An exact result. */
export const exactly = (value: MetricResult['value']): MetricResult => ({ value, isExact: true });

/** The weighted mean over all samples and positions of values. */
export function meanOf(key: string, values: (view: BatchView) => Values): Accumulator<Sums> {
  return {
    key: `mean ${key}`,
    store: new Sums(2),
    length: () => 2,
    compute: (view) => {
      const { sum, weight } = weightedSums(values(view), view.weights);
      return [sum, typeof weight === 'number' ? view.gs.tf.scalar(weight) : weight];
    },
  };
}

/** The mean that such an accumulator holds. */
export const meanIn = ({ store }: Accumulator<Sums>): number => store.at(0) / store.at(1);
