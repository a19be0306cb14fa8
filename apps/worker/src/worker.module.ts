import { DomainModule } from '@gradstream/domain';
import { PlatformModule, type ConfigValues } from '@gradstream/platform';
import { Module, type DynamicModule } from '@nestjs/common';
import { DatasetChecker } from './datasets/check.js';
import { DatasetCache } from './files/datasetCache.js';
import { WorkerFolder } from './files/workerFolder.js';
import { Consumers } from './queue/consumers.js';
import { PredictionFiles } from './predictions/files.js';
import { PredictionRunner } from './predictions/runner.js';
import { RunFiles } from './runs/files.js';
import { RunRunner } from './runs/runner.js';

/** The worker's process. */
@Module({})
export class WorkerModule {
  static forRoot(config: ConfigValues): DynamicModule {
    return {
      module: WorkerModule,
      imports: [PlatformModule.forRoot(config, 'worker'), DomainModule],
      providers: [
        WorkerFolder,
        DatasetCache,
        DatasetChecker,
        RunFiles,
        RunRunner,
        PredictionFiles,
        PredictionRunner,
        Consumers,
      ],
    };
  }
}
