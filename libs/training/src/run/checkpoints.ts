// The checkpoints of a run: handed over as files, which are the receiver's from then on.

import { fromWireMetrics, wholeCheckpointFiles } from '@gradstream/contracts';
import { createHash } from 'node:crypto';
import { readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import { MANIFEST } from '../checkpoint/manifest.js';
import type { CheckpointEvent } from '../fit/events.js';
import { lastEpochOf } from '../fit/plan.js';

export interface CheckpointFile {
  readonly name: (typeof wholeCheckpointFiles)[number];
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

/** A whole checkpoint. */
export interface RunCheckpoint {
  readonly step: number;
  readonly epoch: number;
  readonly files: readonly CheckpointFile[];
  /** What was last measured, by series. */
  readonly metrics: Record<string, number>;
}

/** Moves a checkpoint out of the loop's reach, which may write one of the same step again, and lists its files. */
export async function handOver(
  { folder, manifest }: CheckpointEvent,
  number: number,
): Promise<RunCheckpoint> {
  const { step, epoch, position, metrics, files } = manifest;
  const handed = path.join(path.dirname(folder), `checkpoint-${number}`);
  await rename(folder, handed);
  const bytes = await readFile(path.join(handed, MANIFEST));
  const own = { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
  const described = { ...files, [MANIFEST]: own };
  return {
    step,
    epoch: lastEpochOf({ epoch, samples: position.samples }),
    files: wholeCheckpointFiles.map((name) => ({ name, file: path.join(handed, name), ...described[name] })),
    metrics: fromWireMetrics(metrics),
  };
}
