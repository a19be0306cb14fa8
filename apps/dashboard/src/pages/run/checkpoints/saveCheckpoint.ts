// A checkpoint's file on its way to the disk of whoever looks at the page.

import { GradstreamError, type Checkpoint, type DownloadFormat, type Gradstream } from '@gradstream/sdk';
import { formatBytes } from '../../../ui/format.js';
import { saveBlob, saveFrom } from '../../../ui/saveBlob.js';
import { fileNameOf } from './best.js';

/** A ZIP is made as it is sent, and this page holds it until it is whole. */
export const MOST_IN_MEMORY = 512 * 2 ** 20;

interface Wanted {
  /** The run's name. */
  readonly run: string;
  readonly checkpoint: Pick<Checkpoint, 'id' | 'runId' | 'step' | 'bytes'>;
  readonly format: DownloadFormat;
}

/**
 * Has the browser save a checkpoint; returns what to say of it. Weights go from the storage to the disk, whatever their
 * size. Throws PAYLOAD_TOO_LARGE for a ZIP that this page could not hold.
 */
export async function saveCheckpoint(
  client: Gradstream,
  { run, checkpoint, format }: Wanted,
): Promise<string> {
  const { id, runId, step, bytes } = checkpoint;
  if (format === 'safetensors') {
    const { url, fileName } = await client.checkpoints.link(id);
    await saveFrom(url);
    return `The browser saves ${fileName} (${formatBytes(bytes)}).`;
  }
  if (bytes > MOST_IN_MEMORY) {
    const detail = `A page holds files of at most ${formatBytes(MOST_IN_MEMORY)}, this has ${formatBytes(bytes)}: run "npm run gradstream -- runs download ${runId} --format tfjs -o model.zip".`;
    throw new GradstreamError('PAYLOAD_TOO_LARGE', detail);
  }
  const name = fileNameOf(run, step, 'tfjs.zip');
  saveBlob(new Blob([await client.checkpoints.download(id, format)]), name);
  return `Saved ${name}.`;
}
