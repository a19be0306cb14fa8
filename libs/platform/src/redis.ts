import { Redis } from 'ioredis';
import type { Log } from './log.js';

/** How a connection treats commands while Redis is away; by default it keeps them until Redis is back. */
interface ConnectionOptions {
  readonly enableOfflineQueue?: boolean;
  readonly maxRetriesPerRequest?: number;
  /** In ms. */
  readonly commandTimeout?: number;
}

/** Longest pause between tries to reach a Redis that went away, in ms. */
const MAX_RETRY_MS = 1000;
const LOG_EVERY_MS = 5000;

/** A connection that comes back by itself, and says so at most every few seconds when it is away. */
export function connectRedis(url: string, log: Log, options: ConnectionOptions = {}): Redis {
  const retryStrategy = (tries: number): number => Math.min(MAX_RETRY_MS, tries * 100);
  const redis = new Redis(url, { retryStrategy, maxRetriesPerRequest: null, ...options });
  let lastSaid = 0;
  redis.on('error', (error: Error) => {
    if (Date.now() - lastSaid < LOG_EVERY_MS) return;
    lastSaid = Date.now();
    log.warn({ error: error.message }, 'Redis is away; trying again');
  });
  return redis;
}
