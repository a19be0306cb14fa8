export { Checkpoints, type Download } from './checkpoints/checkpoints.js';
export { requireScope, type Principal } from './common/principal.js';
export { cursorOf, type CursorList } from './common/cursor.js';
export type { Precondition } from './common/precondition.js';
export { DatasetContents } from './datasets/contents.js';
export { DatasetRemoval } from './datasets/removal.js';
export { Datasets, type DatasetCheck } from './datasets/datasets.js';
export { DomainModule } from './domain.module.js';
export { Health, type ServiceHealth } from './health/health.js';
export { Cleanup } from './cleanup/cleanup.js';
export { Idempotency, type KeyedRequest } from './idempotency/idempotency.js';
export { ApiKeys } from './keys/apiKeys.js';
export { FirstKey } from './keys/firstKey.js';
export { Models } from './models/models.js';
export {
  Attempts,
  type ClaimedAttempt,
  type Outcome,
  type StopRequest,
  type StoredCheckpoint,
} from './runs/attempts.js';
export { RunControls } from './runs/controls.js';
export { RunFeed, type FeedOptions, type FollowOptions } from './runs/feed.js';
export { Reconciler } from './runs/reconciler.js';
export { Runs } from './runs/runs.js';
