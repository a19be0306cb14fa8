import { Module } from '@nestjs/common';
import { CheckpointRepository } from './checkpoints/repository.js';
import { Database } from './database.js';
import { DatasetRepository } from './datasets/repository.js';
import { IdempotencyRepository } from './idempotency/repository.js';
import { ApiKeyRepository } from './keys/repository.js';
import { ProjectRepository } from './keys/projects.js';
import { ModelRepository } from './models/repository.js';
import { DeletedObjectRepository } from './objects/repository.js';
import { PredictionRepository } from './predictions/repository.js';
import { AttemptRepository } from './runs/attempts.js';
import { FrameRepository } from './runs/frames.js';
import { RollupRepository } from './runs/rollups.js';
import { RunRepository } from './runs/repository.js';
import { RunTableRepository } from './runs/table.js';

const providers = [
  Database,
  ApiKeyRepository,
  ProjectRepository,
  IdempotencyRepository,
  DatasetRepository,
  ModelRepository,
  RunRepository,
  RunTableRepository,
  RollupRepository,
  AttemptRepository,
  FrameRepository,
  CheckpointRepository,
  PredictionRepository,
  DeletedObjectRepository,
];

/** All SQL, one repository a noun. */
@Module({ providers, exports: providers })
export class DataModule {}
