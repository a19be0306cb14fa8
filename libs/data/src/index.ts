export { CheckpointRepository, type CheckpointFile, type CheckpointRow } from './checkpoints/repository.js';
export { DataModule } from './data.module.js';
export { Database } from './database.js';
export {
  DatasetRepository,
  type CheckedDataset,
  type DatasetFile,
  type DatasetRow,
} from './datasets/repository.js';
export { isForeignKeyViolation } from './errors.js';
export { IdempotencyRepository, type IdempotencyClaim } from './idempotency/repository.js';
export { ProjectRepository } from './keys/projects.js';
export { ApiKeyRepository, type ApiKeyRow } from './keys/repository.js';
export { ModelRepository, type ModelRow } from './models/repository.js';
export { DeletedObjectRepository } from './objects/repository.js';
export { PredictionRepository } from './predictions/repository.js';
export type { Keyset } from './pages.js';
export { AttemptRepository, type Fence } from './runs/attempts.js';
export { FrameRepository, type FrameQuery, type FrameRow, type Rewind } from './runs/frames.js';
export {
  BLOCK,
  blockOf,
  MAX_SUMMED,
  RollupRepository,
  type RollupPart,
  type StepRange,
} from './runs/rollups.js';
export { RunRepository, type RunRow } from './runs/repository.js';
export {
  RunTableRepository,
  type SortKey,
  type TableFilter,
  type TableRow,
  type TableSort,
} from './runs/table.js';
