import { Module, type DynamicModule } from '@nestjs/common';
import { Config, type ConfigValues } from './config.js';
import { createLog, Logger, NestLog } from './log.js';
import { MultipartUploads } from './multipart.js';
import { Queues } from './queues.js';
import { Storage } from './storage.js';
import { Telemetry } from './telemetry.js';
import { Wakeups } from './wakeups.js';

/** Settings, log, storage, queues, hints and metrics, for every other module of the process. */
@Module({})
export class PlatformModule {
  static forRoot(config: ConfigValues, name: string): DynamicModule {
    const log = createLog(name, config.logLevel);
    const logger = new Logger(log);
    const providers = [Storage, MultipartUploads, Queues, Wakeups, Telemetry];
    return {
      module: PlatformModule,
      global: true,
      providers: [
        { provide: Config, useValue: config },
        { provide: Logger, useValue: logger },
        { provide: NestLog, useValue: new NestLog(log) },
        ...providers,
      ],
      exports: [Config, Logger, NestLog, ...providers],
    };
  }
}
