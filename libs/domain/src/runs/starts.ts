// The beginning of an attempt: from which checkpoint, and what readers of the run are told of it.

import { runSpecSchema, type RunSpec } from '@gradstream/contracts';
import {
  AttemptRepository,
  CheckpointRepository,
  DatasetRepository,
  FrameRepository,
  RollupRepository,
  type CheckpointFile,
  type CheckpointRow,
  type DatasetFile,
  type Fence,
  type RunRow,
} from '@gradstream/data';
import { Injectable } from '@nestjs/common';
import { createHash } from 'node:crypto';
import { filesOf } from '../checkpoints/files.js';
import { filesOf as filesOfDataset } from '../datasets/map.js';
import { eventFrame, RunStates } from './states.js';

/** The checkpoint that an attempt goes on from. */
export interface ResumePoint {
  readonly step: number;
  readonly files: readonly CheckpointFile[];
}

/** A run that a worker has taken on. */
export interface ClaimedAttempt extends Fence {
  readonly projectId: string;
  readonly spec: RunSpec;
  /** Of the spec as it is stored: a later version that reads more into it finds the same. */
  readonly specSha256: string;
  /** Its shards and their index. */
  readonly dataset: readonly DatasetFile[];
  /** Seconds that earlier attempts took, which count for the run's limit. */
  readonly secondsSpent: number;
  /** Null to begin at step 0. */
  readonly resumeFrom: ResumePoint | null;
}

@Injectable()
export class AttemptStarts {
  constructor(
    private readonly attempts: AttemptRepository,
    private readonly frames: FrameRepository,
    private readonly checkpoints: CheckpointRepository,
    private readonly datasets: DatasetRepository,
    private readonly rollups: RollupRepository,
    private readonly states: RunStates,
  ) {}

  /**
   * Begins the next attempt of a run that the caller has locked, where its last whole checkpoint stands. Null, and
   * nothing written, while its dataset is being checked.
   */
  async begin(run: RunRow, workerId: string): Promise<ClaimedAttempt | null> {
    const dataset = run.dataset_id === null ? null : await this.datasets.find(run.project_id, run.dataset_id);
    if (!dataset) throw new Error('a check keeps the dataset of a run that has not ended');
    // An older version stored it in another form; its check makes the shards, and the run waits for that.
    if (dataset.state === 'checking') return null;
    const attempt = run.attempt + 1;
    const start = await this.#findStart(run);
    const secondsSpent = await this.attempts.secondsSpent(run);
    const begun = await this.attempts.insertAttempt(run, attempt, workerId, start);
    if (run.attempt > 0) await this.rollups.takeBack(begun, begun.step);
    const isRewound = run.attempt > 0 && run.step > begun.step;
    const renewed = isRewound ? { ...begun, summary: await this.rollups.summarize(begun) } : begun;
    const rewound = isRewound ? [eventFrame(renewed, { type: 'rewound', toStep: renewed.step })] : [];
    if (run.state === 'preparing') {
      await this.frames.append(renewed, rewound);
    } else {
      const cause = run.attempt === 0 ? 'a worker took it on' : 'a worker took it on again';
      await this.states.change(renewed, 'preparing', cause, { before: rewound });
    }
    return {
      runId: run.id,
      attempt,
      projectId: run.project_id,
      spec: runSpecSchema.parse(run.spec),
      specSha256: createHash('sha256').update(JSON.stringify(run.spec)).digest('hex'),
      dataset: filesOfDataset(dataset),
      secondsSpent,
      resumeFrom: start && { step: start.step, files: filesOf(start) },
    };
  }

  /** The run's last checkpoint, unless it is to begin anew; of a fork, else the one that it began at. */
  async #findStart(run: RunRow): Promise<CheckpointRow | null> {
    const own = run.from_start ? undefined : await this.checkpoints.findResumable(run.project_id, run.id);
    if (own || run.origin_checkpoint_id === null) return own ?? null;
    const origin = await this.checkpoints.find(run.project_id, run.origin_checkpoint_id);
    if (!origin) throw new Error('a foreign key keeps the checkpoint that a fork began at');
    return origin;
  }
}
