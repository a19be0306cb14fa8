export { columnRange } from './readers/columns.js';
export { permutation, splitmix64, streamKey } from './splits/random.js';
export { splitIndices, splitSizes } from './splits/split.js';
export { rowSplitOf } from './splits/settings.js';
export {
  kindOf,
  planOf,
  suitsConstant,
  takenBy,
  type PlannedColumn,
  type PlannedInput,
  type PlannedTarget,
} from './preprocessing/plan.js';
export { ingest } from './ingest/ingest.js';
export { DEFAULT_LIMITS } from './readers/limits.js';
export { openCsv } from './readers/csv.js';
export type { Cell } from './readers/source.js';
export { ShardedDataset } from './shards/reader.js';
export { INDEX_FILE, shardFile } from './shards/writer.js';
export { openTable } from './readers/open.js';
export { isSystemError } from './readers/problems.js';
export { fitPreprocessing } from './preprocessing/fit.js';
export { keptRows, preprocessBatch, preprocessRows } from './preprocessing/preprocess.js';
export type { Tensor } from './preprocessing/preprocess.js';
export type { Row } from './preprocessing/column-values.js';
export { countDuplicates } from './splits/duplicates.js';
export { splitRows } from './splits/rows.js';
export { readIndex } from './shards/index-file.js';
export { pageRange, readPage, type PageRange } from './shards/page.js';
