export { Config, ConfigError, loadConfig, type ConfigValues } from './config.js';
export { isServiceAway, toGradstreamError } from './errors.js';
export { createLog, Logger, NestLog, type Log } from './log.js';
export { PlatformModule } from './platform.module.js';
export { Queues, QUEUE_PREFIX } from './queues.js';
export { connectRedis } from './redis.js';
export { Storage } from './storage.js';
export { Telemetry } from './telemetry.js';
export { Wakeups } from './wakeups.js';
