// The producing side of the queues. A job's id is the id of its noun: adding twice changes nothing.

import { queueNames, type JobPayload, type QueueName } from '@gradstream/contracts';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { Config } from './config.js';
import { Logger } from './log.js';
import { connectRedis } from './redis.js';

/** BullMQ's prefix of all its keys. */
export const QUEUE_PREFIX = 'gradstream';

@Injectable()
export class Queues implements OnApplicationShutdown {
  readonly #redis: Redis;
  readonly #queues: ReadonlyMap<QueueName, Queue>;

  constructor(config: Config, { log }: Logger) {
    // Fails at once when Redis is away: the reconciler adds later what was not added now.
    this.#redis = connectRedis(config.redisUrl, log, {
      enableOfflineQueue: false,
      maxRetriesPerRequest: 1,
      commandTimeout: 2000,
    });
    const connection = this.#redis;
    this.#queues = new Map(
      queueNames.map((name) => {
        const queue = new Queue(name, { connection, prefix: QUEUE_PREFIX, skipWaitingForReady: true });
        queue.on('error', () => undefined); // connectRedis has logged it.
        return [name, queue];
      }),
    );
  }

  /** Queues a job for an id, unless one waits or runs. Throws when Redis is away. */
  async add<Q extends QueueName>(name: Q, id: string, payload: JobPayload<Q>): Promise<void> {
    const options = { removeOnComplete: true, removeOnFail: true, attempts: 1 };
    await this.#queues.get(name)?.add(name, payload, { ...options, jobId: id });
  }

  /** Throws when Redis is away. */
  async ping(): Promise<void> {
    await this.#redis.ping();
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.allSettled([...this.#queues.values()].map((queue) => queue.close()));
    this.#redis.disconnect();
  }
}
