// The files of a checkpoint, as its row holds them.

import { wholeCheckpointFiles } from '@gradstream/contracts';
import type { CheckpointFile, CheckpointRow } from '@gradstream/data';
import { z } from 'zod';

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

/** Whether training can go on from these files. */
export const isWhole = (files: readonly CheckpointFile[]): boolean =>
  wholeCheckpointFiles.every((wanted) => files.some(({ name }) => name === wanted));
