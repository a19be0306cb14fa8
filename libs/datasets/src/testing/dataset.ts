import { ingest, type IngestOptions } from '../ingest/ingest.js';
import { openJsonl } from '../readers/jsonl.js';
import { DEFAULT_LIMITS } from '../readers/limits.js';
import { ShardedDataset } from '../shards/reader.js';
import { chunksOf, tempFolder } from './files.js';

/** Rows as a stored dataset, in shards of three rows each. */
export async function datasetOf(
  rows: readonly Readonly<Record<string, unknown>>[],
  columnTypes: IngestOptions['columnTypes'] = {},
): Promise<ShardedDataset> {
  const text = rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  const folder = await tempFolder();
  const source = await openJsonl(chunksOf(text), DEFAULT_LIMITS);
  await ingest(source, { folder, columnTypes, shards: { rows: 3 } });
  return ShardedDataset.open(folder);
}
