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
} from './preprocessing/plan.js';
export { ingest, type Ingested, type IngestOptions } from './ingest/ingest.js';
export { DEFAULT_LIMITS, type ReadLimits } from './readers/limits.js';
export { openCsv } from './readers/csv.js';
export type { Cell, TableSource } from './readers/source.js';
export { ShardedDataset, type OpenOptions } from './shards/reader.js';
export { openTable } from './readers/open.js';
export { isSystemError } from './readers/problems.js';
export { openJsonl } from './readers/jsonl.js';
export { decodeImage, ImageError, type ImageSize } from './readers/images/decode.js';
export { fitPreprocessing } from './preprocessing/fit.js';
export { keptRows, preprocessBatch, preprocessRows } from './preprocessing/preprocess.js';
export type { PreprocessedBatch, Tensor } from './preprocessing/preprocess.js';
export type { Row, RowValue } from './preprocessing/column-values.js';
export { countDuplicates } from './splits/duplicates.js';
export { splitRows } from './splits/rows.js';
export { readPage } from './shards/page.js';
