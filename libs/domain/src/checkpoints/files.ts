// The files of a checkpoint, as its row holds them.

import { wholeCheckpointFiles, type Checkpoint } from '@gradstream/contracts';
import type { CheckpointFile, CheckpointRow } from '@gradstream/data';
import { z } from 'zod';
import { toWireRecord } from '../runs/map.js';

const filesSchema = z.array(
  z.object({ name: z.string(), objectKey: z.string(), bytes: z.int(), sha256: z.string() }),
);

/** All stored files of a checkpoint. */
export const filesOf = ({ files }: Pick<CheckpointRow, 'files'>): CheckpointFile[] =>
  filesSchema.parse(files);

/** The weights among them. */
export function weightsOf(files: readonly CheckpointFile[]): CheckpointFile {
  const weights = files.find(({ name }) => name === 'model.safetensors');
  if (!weights) throw new Error('a checkpoint without weights was stored');
  return weights;
}

/** A name for the file of the weights, of the run and the step, in letters that every header and file system takes. */
export function fileNameOf(run: string, step: number): string {
  const name = run
    .normalize('NFKD')
    .replaceAll(/\p{M}+/gu, '')
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replaceAll(/^[-.]+|[-.]+$/g, '');
  return `${name || 'run'}-step-${step}.safetensors`;
}

/** Whether training can go on from these files. */
export const isWhole = (files: readonly CheckpointFile[]): boolean =>
  wholeCheckpointFiles.every((wanted) => files.some(({ name }) => name === wanted));

/** A row as clients see it. */
export function toCheckpoint(row: CheckpointRow): Checkpoint {
  const files = filesOf(row);
  const { bytes, sha256 } = weightsOf(files);
  return {
    id: row.id,
    runId: row.run_id,
    attempt: row.attempt,
    step: row.step,
    epoch: row.epoch,
    bytes,
    sha256,
    files: files.map(({ name, ...file }) => ({ name, bytes: file.bytes, sha256: file.sha256 })),
    pinned: row.pinned,
    resumable: row.resumable,
    metrics: toWireRecord(row.metric_names, row.metric_values),
    createdAt: row.created_at.toISOString(),
  };
}
