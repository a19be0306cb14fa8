// Hints between processes that there is something new under an id, of a run or a prediction. Losing one costs at most a
// second: those who wait also poll.

import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { EventEmitter } from 'node:events';
import type { Redis } from 'ioredis';
import { Config } from './config.js';
import { Logger } from './log.js';
import { connectRedis } from './redis.js';

const CHANNEL = 'gradstream:wakeups';
const THROTTLE_MS = 100;

@Injectable()
export class Wakeups implements OnApplicationShutdown {
  readonly #emitter = new EventEmitter().setMaxListeners(0);
  /** Ids of which was told a moment ago, and whether there is more to tell. */
  readonly #recent = new Map<string, boolean>();
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

  /** Says that there is something new: at once, and what follows soon at most ten times a second an id. Never throws. */
  notify(id: string): void {
    if (this.#recent.has(id)) {
      this.#recent.set(id, true);
      return;
    }
    this.notifyNow(id);
    this.#recent.set(id, false);
    setTimeout(() => {
      const isMore = this.#recent.get(id) === true;
      this.#recent.delete(id);
      if (isMore) this.notify(id);
    }, THROTTLE_MS).unref();
  }

  /** Says that something is new which happens once, such as an answer. Never throws. */
  notifyNow(id: string): void {
    // A lost hint is made up for by polling.
    this.#publisher.publish(CHANNEL, id).catch(() => undefined);
  }

  /** Calls `listener` at each hint for an id, until the returned function is called. */
  subscribe(id: string, listener: () => void): () => void {
    this.#subscriber ??= this.#listen();
    this.#emitter.on(id, listener);
    return () => {
      this.#emitter.off(id, listener);
    };
  }

  /** One connection for all listeners of this process. */
  #listen(): Redis {
    const redis = connectRedis(this.config.redisUrl, this.logger.log);
    redis.on('message', (_channel: string, id: string) => this.#emitter.emit(id));
    // ioredis subscribes again by itself when the connection comes back.
    redis.subscribe(CHANNEL).catch((error: unknown) => {
      this.logger.log.warn({ err: error }, 'no wake-up hints; those who wait poll');
    });
    return redis;
  }

  onApplicationShutdown(): void {
    this.#publisher.disconnect();
    this.#subscriber?.disconnect();
  }
}
