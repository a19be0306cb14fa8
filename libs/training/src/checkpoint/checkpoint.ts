// A checkpoint is a folder `step-N`: weights, the rest of the state, and a manifest with their hashes. It is there whole
// or not at all: everything is written and synced under another name, which one rename then makes the right one.

import {
  asDiskFull,
  CHECKPOINT_FORMAT,
  checkpointManifestSchema,
  type CheckpointManifest,
} from '@gradstream/contracts';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { TensorSource } from '@gradstream/models';
import { isMissing, syncFolder, writeDurably } from './durable.js';
import { MANIFEST, readManifest } from './manifest.js';
import { TensorFile } from './tensorReader.js';
import { writeTensors } from './tensorWriter.js';

/** Names that begin so are not whole, or about to be removed. */
const PARTIAL = '.partial-';
const FINAL = /^step-(0|[1-9]\d{0,15})$/;

export interface CheckpointContent {
  /** Weights, moving statistics included, by the names that the model gives them. */
  readonly weights: readonly TensorSource[];
  /** Everything else that lives in tensors: slots, accumulators, averages, loss scale, the best weights so far. */
  readonly state: readonly TensorSource[];
  /** Metadata of the weights' file: what is needed to use them. */
  readonly usage?: Readonly<Record<string, string>>;
  readonly manifest: Omit<CheckpointManifest, 'formatVersion' | 'files'>;
}

export interface WrittenCheckpoint {
  readonly folder: string;
  readonly manifest: CheckpointManifest;
}

/**
 * Writes `step-N` into a folder that exists; one of the same step is replaced. On failure nothing incomplete is left.
 * Throws STORAGE_FULL when the disk is.
 */
export async function writeCheckpoint(
  parent: string,
  { weights, state, usage, manifest: given }: CheckpointContent,
): Promise<WrittenCheckpoint> {
  const name = `step-${given.step}`;
  const partial = path.join(parent, `${PARTIAL}${name}`);
  const folder = path.join(parent, name);
  try {
    await rm(partial, { recursive: true, force: true });
    await mkdir(partial);
    const files = {
      'model.safetensors': await writeTensors(path.join(partial, 'model.safetensors'), weights, usage),
      'state.safetensors': await writeTensors(path.join(partial, 'state.safetensors'), state),
    };
    // Parsed, because JSON would turn a NaN in a state to null without a word.
    const manifest = checkpointManifestSchema.parse({ ...given, formatVersion: CHECKPOINT_FORMAT, files });
    await writeDurably(path.join(partial, MANIFEST), [Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`)]);
    await syncFolder(partial);
    await removeCheckpoint(folder);
    await rename(partial, folder);
    await syncFolder(parent);
    return { folder, manifest };
  } catch (error) {
    // What cannot be removed now is removed by removeLeftovers; the first error is the one to tell.
    await rm(partial, { recursive: true, force: true }).catch(() => undefined);
    throw asDiskFull(error) ?? error;
  }
}

/** A checkpoint whose manifest, hashes and headers were checked. */
export interface OpenCheckpoint {
  readonly manifest: CheckpointManifest;
  readonly weights: TensorFile;
  readonly state: TensorFile;
  readonly close: () => Promise<void>;
}

/** Opens a checkpoint's folder; the caller closes it. Reads every byte once. Throws CHECKPOINT_INVALID. */
export async function openCheckpoint(folder: string): Promise<OpenCheckpoint> {
  const name = path.basename(folder);
  const manifest = await readManifest(path.join(folder, MANIFEST), `${name}/${MANIFEST}`);
  const open = (file: keyof CheckpointManifest['files']): Promise<TensorFile> =>
    TensorFile.open(path.join(folder, file), `${name}/${file}`, manifest.files[file]);
  const weights = await open('model.safetensors');
  try {
    const state = await open('state.safetensors');
    const close = async (): Promise<void> => {
      await Promise.all([weights.close(), state.close()]);
    };
    return { manifest, weights, state, close };
  } catch (error) {
    await weights.close();
    throw error;
  }
}

/** The checkpoints of a folder by step, the first step first. */
export async function listCheckpoints(parent: string): Promise<{ step: number; folder: string }[]> {
  const names = await readdir(parent);
  return names
    .flatMap((name) => {
      const step = FINAL.exec(name)?.[1];
      return step === undefined ? [] : [{ step: Number(step), folder: path.join(parent, name) }];
    })
    .sort((a, b) => a.step - b.step);
}

/** Removes a checkpoint, if it is there; after a crash in between it is a leftover, never a checkpoint with holes. */
export async function removeCheckpoint(folder: string): Promise<void> {
  const { dir, base } = path.parse(folder);
  const doomed = path.join(dir, `${PARTIAL}removed-${base}`);
  await rm(doomed, { recursive: true, force: true });
  try {
    await rename(folder, doomed);
  } catch (error) {
    if (isMissing(error)) return;
    throw error;
  }
  await rm(doomed, { recursive: true, force: true });
}

/** Removes what a crash left in a folder. Not while another process writes there. */
export async function removeLeftovers(parent: string): Promise<void> {
  const names = await readdir(parent);
  const leftovers = names.filter((name) => name.startsWith(PARTIAL));
  await Promise.all(leftovers.map((name) => rm(path.join(parent, name), { recursive: true, force: true })));
}
