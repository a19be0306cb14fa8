// Opens a file by its format.

import type { DatasetFormat } from '@gradstream/contracts';
import { createReadStream } from 'node:fs';
import { openCsv } from './csv.js';
import { openImages, type ImageOptions } from './images/source.js';
import { openJsonl } from './jsonl.js';
import { DEFAULT_LIMITS, type ReadLimits } from './limits.js';
import { openNpy, openNpz } from './npy/source.js';
import type { TableSource } from './source.js';

export interface OpenTableOptions {
  readonly format: DatasetFormat;
  readonly limits?: ReadLimits;
  readonly images?: ImageOptions;
}

/**
 * Opens a local file and reads as much of it as its columns need. Read `batches` to its end, break off its loop, or
 * `close` it: each closes the file. Throws DATASET_UNREADABLE; errors of the disk pass through.
 */
export async function openTable(
  path: string,
  { format, limits = DEFAULT_LIMITS, images = {} }: OpenTableOptions,
): Promise<TableSource> {
  switch (format) {
    case 'csv':
      return openCsv(createReadStream(path), limits, ',');
    case 'tsv':
      return openCsv(createReadStream(path), limits, '\t');
    case 'jsonl':
      return openJsonl(createReadStream(path), limits);
    case 'npy':
      return openNpy(path);
    case 'npz':
      return openNpz(path, limits);
    case 'parquet': {
      // Its decoders take long to load, and the API loads this library for less.
      const { openParquet } = await import('./parquet/source.js');
      return openParquet(path, limits);
    }
    case 'images':
      return openImages(path, limits, images);
  }
}
