import { DataModule } from '@gradstream/data';
import { Module } from '@nestjs/common';
import { Cleanup } from './cleanup/cleanup.js';
import { DeletedFiles } from './cleanup/deletedFiles.js';
import { Checkpoints } from './checkpoints/checkpoints.js';
import { CheckpointCommits } from './checkpoints/commits.js';
import { CheckpointRemoval } from './checkpoints/removal.js';
import { DatasetChecks } from './datasets/checks.js';
import { DatasetContents } from './datasets/contents.js';
import { Datasets } from './datasets/datasets.js';
import { DatasetQueue } from './datasets/queue.js';
import { DatasetRemoval } from './datasets/removal.js';
import { StaleUploads } from './datasets/staleUploads.js';
import { DatasetUploads } from './datasets/uploads.js';
import { Health } from './health/health.js';
import { Idempotency } from './idempotency/idempotency.js';
import { KeyReleases } from './idempotency/releases.js';
import { ApiKeys } from './keys/apiKeys.js';
import { FirstKey } from './keys/firstKey.js';
import { Projects } from './keys/projects.js';
import { LiveKeys } from './keys/liveKeys.js';
import { Models } from './models/models.js';
import { Predictions } from './predictions/predictions.js';
import { PredictionWaits } from './predictions/waits.js';
import { PredictionWork } from './predictions/work.js';
import { Attempts } from './runs/attempts.js';
import { RunCompletion } from './runs/completion.js';
import { RunControls } from './runs/controls.js';
import { AttemptFence } from './runs/fence.js';
import { GradientSamples } from './runs/gradientSamples.js';
import { RangeSamples } from './runs/rangeSamples.js';
import { RunSamples } from './runs/samples.js';
import { RunTable } from './runs/table.js';
import { RunForks } from './runs/forks.js';
import { RunInserts } from './runs/inserts.js';
import { RunExport } from './runs/export.js';
import { RunFeed } from './runs/feed.js';
import { RunLogs } from './runs/logs.js';
import { RunQueue } from './runs/queue.js';
import { Reconciler } from './runs/reconciler.js';
import { Runs } from './runs/runs.js';
import { RunRemoval } from './runs/removal.js';
import { FrameReader } from './runs/slices.js';
import { AttemptStarts } from './runs/starts.js';
import { RunStates } from './runs/states.js';
import { RunUpdates } from './runs/updates.js';
import { Tails } from './runs/tails.js';
import { Schemas } from './schemas/schemas.js';

const services = [
  ApiKeys,
  FirstKey,
  Projects,
  LiveKeys,
  KeyReleases,
  Idempotency,
  DatasetQueue,
  DatasetUploads,
  DatasetChecks,
  Datasets,
  DatasetContents,
  DatasetRemoval,
  StaleUploads,
  Models,
  RunStates,
  RunCompletion,
  RunQueue,
  RunInserts,
  Runs,
  RunForks,
  RunUpdates,
  RunRemoval,
  RunControls,
  FrameReader,
  Tails,
  RunFeed,
  RunLogs,
  RangeSamples,
  RunSamples,
  GradientSamples,
  RunTable,
  RunExport,
  AttemptFence,
  AttemptStarts,
  Attempts,
  CheckpointCommits,
  CheckpointRemoval,
  Cleanup,
  DeletedFiles,
  Reconciler,
  Checkpoints,
  PredictionWaits,
  Predictions,
  PredictionWork,
  Schemas,
  Health,
];

/** The use cases, by noun. */
@Module({ imports: [DataModule], providers: services, exports: services })
export class DomainModule {}
