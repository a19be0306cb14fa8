// The dataset of a training, from a file: one that the server has already of the same content, or a new one.

import { isDeepStrictEqual } from 'node:util';
import { GradstreamError, type Dataset, type Gradstream, type DatasetFormat } from '@gradstream/sdk';
import type { ColumnTypes } from './columnTypes.js';
import { formatOf, hashOf } from './datasetFiles.js';
import type { Say } from './manner.js';
import type { Terminal } from './terminal.js';
import { upload } from './upload.js';

/** A file that is to become a dataset. */
export interface TrainFile {
  readonly file: string;
  readonly format: DatasetFormat;
  readonly columnTypes: ColumnTypes;
  readonly sha256: string;
}

/** Looks at a file. Throws when it cannot be read, or when its name tells no format. */
export async function readTrainFile(file: string, columnTypes: ColumnTypes = {}): Promise<TrainFile> {
  return { file, format: formatOf(file), columnTypes, sha256: await hashOf(file) };
}

/** The newest dataset that was made of the same content in the same way, if there is one. */
async function findSame(
  { datasets }: Gradstream,
  { sha256, format, columnTypes }: TrainFile,
): Promise<Dataset | undefined> {
  // To which size images were brought is not told.
  if (format === 'images') return undefined;
  const { data } = await datasets.list({ sha256, limit: 100 });
  return data.find(
    (one) =>
      one.state === 'ready' && one.format === format && isDeepStrictEqual(one.columnTypes, columnTypes),
  );
}

/** Where is told what becomes of a file. */
interface Telling {
  readonly say: Say;
  /** For the picture of the upload. */
  readonly out: Terminal;
}

/** The dataset of a file. One that the server rejects is deleted again: throws DATASET_REJECTED with its problems. */
export async function storeTrainFile(
  client: Gradstream,
  train: TrainFile,
  { say, out }: Telling,
): Promise<Dataset> {
  const same = await findSame(client, train);
  if (same) {
    const line = `dataset ${same.id} (${same.name}) has the content of ${train.file}: nothing is uploaded`;
    say('dataset', { id: same.id, uploaded: false }, line);
    return same;
  }
  const { file, format, columnTypes, sha256 } = train;
  const planned: Dataset[] = [];
  const onPlanned = (one: Dataset): void => {
    planned.push(one);
  };
  try {
    const dataset = await upload(client, file, { format, columnTypes, sha256, onPlanned }, out);
    say('dataset', { id: dataset.id, uploaded: true }, `dataset ${dataset.id}`);
    return dataset;
  } catch (error) {
    if (error instanceof GradstreamError && error.code === 'DATASET_REJECTED')
      for (const { id } of planned) await client.datasets.delete(id);
    throw error;
  }
}
