// A callback is a pure state machine: from a state and a moment to the next state and what the loop should do. Its state
// is JSON, so that a resumed run decides as the uninterrupted one would have.

import { directionOf, type StopReason } from '@gradstream/contracts';

/** What the loop tells after an update step, at the end of an epoch, and at the end of training. */
export interface Moment {
  /** Update steps done. */
  readonly step: number;
  /** The epoch of that step, the first being 1. */
  readonly epoch: number;
  /** Time since the moment before, in seconds; a sum of these goes on across attempts. */
  readonly seconds: number;
  /** The learning rate of the last step, reductions included. */
  readonly learningRate: number;
  /** What was measured, by series: of the step, or of the epoch with validation. */
  readonly metrics: Readonly<Record<string, number>>;
}

export type CheckpointReason = 'steps' | 'seconds' | 'epoch' | 'best' | 'end';

/** What the loop should do, in this order. */
export interface Decisions {
  /** Multiply the learning rate by this, from the next step on. */
  readonly learningRateFactor?: number;
  /** Keep a copy of the weights as they are now: a later `restoreBest` means these. They belong into each checkpoint. */
  readonly snapshot?: true;
  /** Bring back the weights of the last snapshot. */
  readonly restoreBest?: true;
  readonly checkpoint?: CheckpointReason;
  /** End training; `diverged` is the error DIVERGED. */
  readonly stop?: StopReason;
}

export interface Outcome<State> {
  readonly state: State;
  readonly decisions: Decisions;
}

type React<State> = (state: State, moment: Moment) => Outcome<State>;

export interface Callback<State> {
  readonly initial: State;
  readonly onStep?: React<State>;
  readonly onEpoch?: React<State>;
  readonly onEnd?: React<State>;
}

/** Nothing to do. */
export const go = <State>(state: State, decisions: Decisions = {}): Outcome<State> => ({ state, decisions });

export interface Monitoring {
  readonly monitor: string;
  readonly mode: 'auto' | 'min' | 'max';
}

/** 1 when less of the series is better, -1 when more is: the series times this is a cost. */
export const signOf = ({ monitor, mode }: Monitoring): 1 | -1 =>
  (mode === 'auto' ? directionOf(monitor) : mode) === 'max' ? -1 : 1;

/** Whether a value is better than a reference by more than `minDelta`. NaN and infinities never are. */
export function improves(value: number, reference: number | null, sign: 1 | -1, minDelta = 0): boolean {
  if (!Number.isFinite(value)) return false;
  return reference === null || sign * value + minDelta < sign * reference;
}
