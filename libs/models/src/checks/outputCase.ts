// One output of a model with its loss, as the rules see it.

import type { LossSettings } from '@gradstream/contracts';
import type { Activation } from '../activations/index.js';
import type { Shape } from '../layers/layer.js';
import type { Finding } from './finding.js';
import type { LearningTask, LossTraits } from './lossTraits.js';

/** What is said about an output and its target. */
export interface OutputCheck {
  readonly task: LearningTask;
  readonly loss: LossSettings;
  /** How classes are given: by their indexes, or by vectors. Without meaning for a regression. */
  readonly classes: 'indexes' | 'oneHot';
  /** Number of classes, labels, or numbers of one target; null when it is not known. */
  readonly size: number | null;
  /** Axes of positions, such as time steps, which have a target each; none when absent. */
  readonly positions?: number;
  /** Which output of the model; the first when absent. */
  readonly output?: number;
  /** Where the model, the loss and the target are in what was posted; as in a run's spec when absent. */
  readonly pointers?: { readonly model: string; readonly loss: string; readonly target: string };
}

/** An output, whatever activation it has. */
export interface TargetCase extends OutputCheck {
  readonly traits: LossTraits;
  readonly shape: Shape;
  /** Length of the last axis. */
  readonly units: number;
  readonly fromLogits: boolean;
  readonly at: { readonly model: string; readonly loss: string; readonly target: string };
}

/** An output of a known activation. */
export interface OutputCase extends TargetCase {
  readonly activation: Activation;
}

export type TargetRule = (one: TargetCase) => Finding[];
export type Rule = (one: OutputCase) => Finding[];

type Said = Omit<Finding, 'severity'>;
export const error = (said: Said): Finding[] => [{ severity: 'error', ...said }];
export const warning = (said: Said): Finding[] => [{ severity: 'warning', ...said }];
