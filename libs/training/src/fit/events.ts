// What a training tells while it runs.

import type { StopReason } from '@gradstream/contracts';
import type { GroupNorms, GroupStatistics } from '@gradstream/engine';
import type { CheckpointReason } from '../callbacks/callback.js';
import type { MetricResult } from '../metrics/accumulator.js';
import type { WrittenCheckpoint } from '../checkpoint/checkpoint.js';
import type { TrainingPrecision } from './execution.js';
import type { ChosenRate } from './statisticsRate.js';

export interface StepEvent {
  /** Updates done, this one included, and its epoch, both from 1. */
  readonly step: number;
  readonly epoch: number;
  /** Loss and metrics of the step's batches. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly learningRate: number;
  /** L2 norm of all gradients before and after clipping; null where they were not asked for. */
  readonly gradientNorm: number | null;
  readonly clippedGradientNorm: number | null;
  /** For float16: the scale that the step used, and whether its update was left out. */
  readonly lossScale: { readonly scale: number; readonly skipped: boolean } | null;
  /** Of each layer that is trained; empty where they were not asked for. */
  readonly layers: readonly (GroupNorms | GroupStatistics)[];
  /** Samples of the step's batches, and how long they took; after a resume, those since. */
  readonly samples: number;
  readonly milliseconds: number;
  /** Parts of them: gathering samples, mostly of the next batches, and waiting for the engine when that was done. */
  readonly gatherMs: number;
  readonly waitMs: number;
}

export interface EpochEvent {
  readonly step: number;
  readonly epoch: number;
  /** Over the epoch: loss, metrics, and with validation data the same as `valLoss` and so on. Of classes as `name/index`. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Those of them that are of the validation data; empty without. */
  readonly validation: Readonly<Record<string, number>>;
  /** The same as `metrics` with matrices, and whether each is exact. */
  readonly results: Readonly<Record<string, MetricResult>>;
}

export interface CheckpointEvent extends WrittenCheckpoint {
  readonly reason: CheckpointReason | 'stopped';
}

/** Norms are told each `every` calls from now on, for they cost so much. */
export interface StatisticsRateEvent extends ChosenRate {
  readonly step: number;
  readonly epoch: number;
}

export interface FitEvents {
  /**
   * Before the first step: updates in all, those that a resumed training has done, and what differs from the training that
   * wrote its checkpoint, so that it ends with other bytes.
   */
  readonly onStart?: (start: {
    readonly totalSteps: number;
    readonly step: number;
    readonly inexact: readonly string[];
    /** What steps compute in. */
    readonly precision: TrainingPrecision;
  }) => void;
  /** Where norms are told at a rate that is measured: once, when it is chosen. */
  readonly onStatisticsRate?: (chosen: StatisticsRateEvent) => void;
  readonly onStep?: (event: StepEvent) => void;
  readonly onEpoch?: (event: EpochEvent) => void;
  readonly onCheckpoint?: (event: CheckpointEvent) => void | Promise<void>;
}

export interface FitResult {
  /** `stopped`: by `shouldStop`. */
  readonly reason: 'completed' | 'stopped' | Exclude<StopReason, 'diverged'>;
  readonly step: number;
  readonly epoch: number;
  /** Over the last epoch, or over that whose weights were restored. */
  readonly metrics: Readonly<Record<string, number>>;
}
