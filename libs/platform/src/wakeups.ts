// Hints between processes that a run has something new. Losing one costs at most a second: followers also poll.

import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { EventEmitter } from 'node:events';
import type { Redis } from 'ioredis';
import { Config } from './config.js';
import { Logger } from './log.js';
import { connectRedis } from './redis.js';

const CHANNEL = 'gradstream:runs';
const THROTTLE_MS = 100;

@Injectable()
export class Wakeups implements OnApplicationShutdown {
  readonly #emitter = new EventEmitter().setMaxListeners(0);
  readonly #pending = new Set<string>();
  readonly #publisher: Redis;
  #subscriber: Redis | undefined;

  constructor(
    private readonly config: Config,
    private readonly logger: Logger,
  ) {
    this.#publisher = connectRedis(config.redisUrl, logger.log, {
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
    });
  }

  /** Says that a run has something new; at most ten times a second a run. Never throws. */
  notify(runId: string): void {
    if (this.#pending.has(runId)) return;
    this.#pending.add(runId);
    setTimeout(() => {
      this.#pending.delete(runId);
      this.notifyNow(runId);
    }, THROTTLE_MS).unref();
  }

  /** Says that something is new which happens once, such as an answer. Never throws. */
  notifyNow(id: string): void {
    // A lost hint is made up for by polling.
    this.#publisher.publish(CHANNEL, id).catch(() => undefined);
  }

  /** Calls `listener` at each hint for a run, until the returned function is called. */
  subscribe(runId: string, listener: () => void): () => void {
    this.#subscriber ??= this.#listen();
    this.#emitter.on(runId, listener);
    return () => {
      this.#emitter.off(runId, listener);
    };
  }

  /** One connection for all followers of this process. */
  #listen(): Redis {
    const redis = connectRedis(this.config.redisUrl, this.logger.log);
    redis.on('message', (_channel: string, runId: string) => this.#emitter.emit(runId));
    // ioredis subscribes again by itself when the connection comes back.
    redis.subscribe(CHANNEL).catch((error: unknown) => {
      this.logger.log.warn({ err: error }, 'no wake-up hints; followers poll');
    });
    return redis;
  }

  onApplicationShutdown(): void {
    this.#publisher.disconnect();
    this.#subscriber?.disconnect();
  }
}
