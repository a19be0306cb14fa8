// The checkpoints of a training: written when they are due, and removed when the policy no longer keeps them.

import { fromWireMetrics, retired, type Retained } from '@gradstream/contracts';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { CheckpointReason } from '../callbacks/callback.js';
import { listCheckpoints, removeCheckpoint, removeLeftovers } from '../checkpoint/checkpoint.js';
import { MANIFEST, readManifest } from '../checkpoint/manifest.js';
import type { CheckpointTarget } from './continuity.js';
import type { CheckpointEvent } from './events.js';
import type { Position } from './plan.js';
import { saveTraining, type SavedMetrics, type SavedParts } from './save.js';

interface Kept extends Retained {
  readonly folder: string;
}

export class CheckpointKeeper {
  #kept: Kept[] = [];

  constructor(
    private readonly parts: SavedParts,
    private readonly target: CheckpointTarget,
    /** Samples of the training data. */
    private readonly samples: number,
    private readonly onCheckpoint: ((event: CheckpointEvent) => void | Promise<void>) | undefined,
  ) {}

  /**
   * Removes what a crash left, and takes in the checkpoints of the same spec up to the step where a training goes on, null
   * for a new one: others are not its own, and stay. Throws CHECKPOINT_INVALID.
   */
  async open(from: number | null): Promise<void> {
    const { folder, specSha256 } = this.target;
    await mkdir(folder, { recursive: true });
    await removeLeftovers(folder);
    for (const found of await listCheckpoints(folder)) {
      if (from === null || found.step > from) continue;
      const { metrics, specSha256: of } = await readManifest(
        path.join(found.folder, MANIFEST),
        `step-${found.step}/${MANIFEST}`,
      );
      if (of === specSha256) this.#kept.push({ ...found, metrics: fromWireMetrics(metrics) });
    }
  }

  /** Writes the state at a position, tells of it, then removes what need not be kept. */
  async save(reason: CheckpointReason | 'stopped', at: Position, metrics: SavedMetrics): Promise<void> {
    const written = await saveTraining(this.parts, this.target, { ...at, count: this.samples }, metrics);
    const { folder, manifest } = written;
    this.#kept = [
      ...this.#kept.filter(({ step }) => step !== manifest.step),
      { step: manifest.step, folder, metrics: metrics.last },
    ];
    await this.onCheckpoint?.({ ...written, reason });
    const doomed = retired(this.#kept, this.parts.training.settings.checkpoints);
    for (const checkpoint of doomed) await removeCheckpoint(checkpoint.folder);
    this.#kept = this.#kept.filter((checkpoint) => !doomed.includes(checkpoint));
  }
}
