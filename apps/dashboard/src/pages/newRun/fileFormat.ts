import type { UploadOptions } from '@gradstream/sdk';

type Format = NonNullable<UploadOptions['format']>;

const FORMATS: Readonly<Record<string, Format>> = {
  csv: 'csv',
  txt: 'csv',
  tsv: 'tsv',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  npy: 'npy',
  npz: 'npz',
  parquet: 'parquet',
  zip: 'images',
};

/** How a file is read, by its name; CSV where the name does not tell. Compressed ones are known by their bytes. */
export function formatOf(name: string): { readonly format: Format } {
  const extension = name.toLowerCase().replace(/\.gz$/, '').split('.').at(-1) ?? '';
  return { format: FORMATS[extension] ?? 'csv' };
}
