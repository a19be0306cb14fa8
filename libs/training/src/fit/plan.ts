// Which batches and updates a training consists of: arithmetic over counts. How often norms are told may be measured.

import type { TrainingSettings } from '@gradstream/contracts';
import type { CallPlace, StatisticsRate } from './statisticsRate.js';

type PlanSettings = Pick<
  TrainingSettings,
  'batchSize' | 'accumulate' | 'epochs' | 'stepsPerCall' | 'statistics' | 'limits'
> & { readonly checkpoints: { readonly everySteps: number | null } };

/** Where a training stands. */
export interface Position {
  /** Updates done. */
  readonly step: number;
  /** The epoch of the next sample, from 1. */
  readonly epoch: number;
  /** Samples of the epoch that were used. */
  readonly samples: number;
  /** Batches since the last update. */
  readonly microSteps: number;
}

/** The last epoch that a training is in: between epochs it stands before the first sample of the next one. */
export const lastEpochOf = ({ epoch, samples }: Pick<Position, 'epoch' | 'samples'>): number =>
  samples === 0 ? epoch - 1 : epoch;

export const START: Position = { step: 0, epoch: 1, samples: 0, microSteps: 0 };

/** One batch. */
export interface BatchPlan {
  /** Place in the epoch's order of its first sample, and its number of samples. */
  readonly from: number;
  readonly size: number;
  /** Whether an update follows it. */
  readonly updates: boolean;
  /** Its place among all batches of the training: what its random numbers are a function of. */
  readonly index: number;
}

export class Plan {
  readonly batchesPerEpoch: number;
  readonly updatesPerEpoch: number;
  readonly totalSteps: number;

  constructor(
    private readonly settings: PlanSettings,
    readonly samples: number,
    /** Decides where norms are told at a rate that is measured. */
    private readonly rate: Pick<StatisticsRate, 'isDue'>,
  ) {
    this.batchesPerEpoch = Math.ceil(samples / settings.batchSize);
    this.updatesPerEpoch = Math.ceil(this.batchesPerEpoch / settings.accumulate);
    const all = settings.epochs * this.updatesPerEpoch;
    this.totalSteps = Math.min(all, settings.limits.steps ?? all);
  }

  /** The batch at a position; an epoch's last batch ends in an update, however many batches there were since the last. */
  batchAt({ epoch, samples: from, microSteps }: Position): BatchPlan {
    const { batchSize, accumulate } = this.settings;
    const size = Math.min(batchSize, this.samples - from);
    const updates = microSteps + 1 >= accumulate || from + size === this.samples;
    return { from, size, updates, index: (epoch - 1) * this.batchesPerEpoch + Math.floor(from / batchSize) };
  }

  /** The position after the batch at one; an epoch's end is still in that epoch. */
  after(position: Position): Position {
    const { size, updates } = this.batchAt(position);
    return {
      ...position,
      samples: position.samples + size,
      step: position.step + (updates ? 1 : 0),
      microSteps: updates ? 0 : position.microSteps + 1,
    };
  }

  /** What the step that follows `step` updates tells of gradients. */
  statisticsAt(step: number): 'none' | 'norms' | 'full' {
    const { normsEverySteps, fullEverySteps } = this.settings.statistics;
    const isDue = (every: number | null): boolean => every !== null && (step + 1) % every === 0;
    if (isDue(fullEverySteps)) return 'full';
    const areNormsDue =
      normsEverySteps === 'auto' ? this.rate.isDue(this.callAt(step)) : isDue(normsEverySteps);
    return areNormsDue ? 'norms' : 'none';
  }

  /** The call that makes the update after `step` of them; each epoch begins with a new one. */
  callAt(step: number): CallPlace {
    const { stepsPerCall } = this.settings;
    return {
      epoch: Math.floor(step / this.updatesPerEpoch),
      place: Math.floor((step % this.updatesPerEpoch) / stepsPerCall),
      calls: Math.ceil(this.updatesPerEpoch / stepsPerCall),
    };
  }

  /**
   * How many batches from a position on one call takes: `stepsPerCall`, or what is left of the epoch's full batches, where
   * each makes an update of the same form and nothing else is due between them; else 1. Few lengths, for each is captured.
   */
  callsAt(position: Position): number {
    const { stepsPerCall, batchSize, accumulate } = this.settings;
    const left = Math.floor((this.samples - position.samples) / batchSize);
    if (accumulate > 1 || left < 1) return 1;
    const calls = Math.min(stepsPerCall, left);
    const statistics = this.statisticsAt(position.step);
    for (let step = position.step; step < position.step + calls; step++) {
      const isBetween = step > position.step && this.#isStop(step);
      if (isBetween || this.statisticsAt(step) !== statistics) return 1;
    }
    return calls;
  }

  /** Whether something is due after so many updates. */
  #isStop(step: number): boolean {
    const { checkpoints, limits } = this.settings;
    return step === limits.steps || (checkpoints.everySteps !== null && step % checkpoints.everySteps === 0);
  }
}
