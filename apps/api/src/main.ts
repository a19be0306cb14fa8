// The API's process: reads the settings, listens, and makes the first key once Postgres is there.

import { FirstKey } from '@gradstream/domain';
import { ConfigError, type ConfigValues, isServiceAway, loadConfig, Logger } from '@gradstream/platform';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { setTimeout as delay } from 'node:timers/promises';
import { createApp } from './app.js';

const RETRY_MS = 1000;

/** Makes the first key, however long Postgres takes to come. It is shown once, unless stdout is a log. */
async function ensureFirstKey(app: NestFastifyApplication, config: ConfigValues, url: string): Promise<void> {
  for (;;) {
    try {
      const made = await app.get(FirstKey).ensure(config.dataFolder, url);
      if (!made) return;
      const shown = config.showFirstKey ? `, shown only now: ${made.secret}\nIt is also` : ' is';
      process.stdout.write(`\nThe first API key${shown} in ${made.file}\n\n`);
      return;
    } catch (error) {
      if (!isServiceAway(error)) throw error;
      app.get(Logger).log.warn('Postgres is away; the first key waits for it');
      await delay(RETRY_MS);
    }
  }
}

try {
  const config = loadConfig(process.env);
  const app = await createApp(config);
  await app.listen(config.port, config.host);
  const url = `http://${config.host}:${config.port}`;
  app.get(Logger).log.info({ url }, 'listening');
  await ensureFirstKey(app, config, url);
} catch (error) {
  process.stderr.write(
    `${error instanceof ConfigError ? error.message : error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
  );
  process.exit(1);
}
