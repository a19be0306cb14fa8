// A file on its way to a dataset, told of on standard error.

import path from 'node:path';
import type { Dataset, DatasetFormat, Gradstream, UploadOptions } from '@gradstream/sdk';
import { formatOf, openFile } from './datasetFiles.js';
import { formatBytes } from './format.js';
import { CALL } from './output.js';
import type { Terminal } from './terminal.js';
import { UploadView } from './uploadView.js';

export interface UploadChoices {
  /** That of the file unless said otherwise. */
  readonly name?: string;
  readonly format?: DatasetFormat;
  readonly columnTypes?: NonNullable<UploadOptions['columnTypes']>;
  /** In parts, which can be resumed; large files always are. */
  readonly parts?: boolean;
  /** The dataset whose upload in parts is gone on with. */
  readonly resume?: string;
  /** Of the file, which the server then checks. */
  readonly sha256?: string;
  /** Told of the dataset before its file is sent. */
  readonly onPlanned?: (dataset: Dataset) => void;
}

/** A word for a POSIX shell: in single quotes where it would read more into it. */
const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;

/** Uploads a file, or what is missing of it, and waits for the check. Throws DATASET_REJECTED with its problems. */
export async function upload(
  { datasets }: Gradstream,
  file: string,
  choices: UploadChoices = {},
  out: Terminal = process.stderr,
): Promise<Dataset> {
  const { name = path.basename(file), columnTypes, parts = false, resume } = choices;
  const source = await openFile(file);
  const view = new UploadView(source.bytes, out);
  const onProgress = (bytes: number): void => {
    view.accept(bytes);
    if (bytes >= source.bytes) view.tell('All of it has arrived; the server checks it.');
  };
  const onPlanned = (dataset: Dataset): void => {
    choices.onPlanned?.(dataset);
    const { id, multipart } = dataset;
    if (multipart === null) return;
    view.tell(`${id}, in parts of ${formatBytes(multipart.partBytes)}. If it is interrupted, go on with:`);
    view.tell(`  ${CALL} datasets upload ${quoted(file)} --resume ${id}`);
  };
  try {
    if (resume !== undefined) return await datasets.resume(resume, source, { onProgress });
    return await datasets.upload(name, source, {
      format: choices.format ?? formatOf(file),
      onProgress,
      onPlanned,
      ...(columnTypes ? { columnTypes } : {}),
      ...(choices.sha256 === undefined ? {} : { sha256: choices.sha256 }),
      ...(parts ? { multipart: true as const } : {}),
    });
  } finally {
    view.end();
    await source.close();
  }
}
