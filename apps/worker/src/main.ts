// The worker's process: reads the settings and consumes the queues until it is told to stop.

import 'reflect-metadata';
import { ConfigError, loadConfig, Logger, NestLog } from '@gradstream/platform';
import { NestFactory } from '@nestjs/core';
import { WorkerModule } from './worker.module.js';

/** A shutdown that hangs at a service that does not answer ends here, in ms. */
const LONGEST_SHUTDOWN_MS = 18_000;

for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => {
    setTimeout(() => process.exit(1), LONGEST_SHUTDOWN_MS).unref();
  });
}
try {
  const config = loadConfig(process.env);
  const app = await NestFactory.createApplicationContext(WorkerModule.forRoot(config));
  app.useLogger(app.get(NestLog));
  app.enableShutdownHooks();
  app.get(Logger).log.info({ worker: config.worker.id }, 'working');
} catch (error) {
  process.stderr.write(
    `${error instanceof ConfigError ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exit(1);
}
