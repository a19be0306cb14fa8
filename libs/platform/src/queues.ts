// The producing side of the queues. A job's id is the id of its noun: adding twice changes nothing.

import { GradstreamError, type JobPayload, type QueueName } from '@gradstream/contracts';
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
  readonly #queues = new Map<QueueName, Queue>();

  constructor(config: Config, { log }: Logger) {
    // Fails at once when Redis is away: the reconciler adds later what was not added now.
    this.#redis = connectRedis(config.redisUrl, log, {
      enableOfflineQueue: false,
      maxRetriesPerRequest: 1,
      commandTimeout: 2000,
    });
  }

  /** Queues a job for an id, unless one waits or runs. Throws when Redis is away. */
  async add<Q extends QueueName>(name: Q, id: string, payload: JobPayload<Q>): Promise<void> {
    const options = { removeOnComplete: true, removeOnFail: true, attempts: 1 };
    await this.#queue(name).add(name, payload, { ...options, jobId: id });
  }

  /** Takes back a job that waits; one that runs is left alone. Throws when Redis is away. */
  async remove(name: QueueName, id: string): Promise<void> {
    await this.#queue(name).remove(id);
  }

  /** Throws when Redis is away. */
  async ping(): Promise<void> {
    await this.#redis.ping();
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.allSettled([...this.#queues.values()].map((queue) => queue.close()));
    this.#redis.disconnect();
  }

  /** A queue, made once Redis is there: BullMQ never recovers from a first connection that failed. */
  #queue(name: QueueName): Queue {
    const known = this.#queues.get(name);
    if (known) return known;
    if (this.#redis.status !== 'ready') {
      throw new GradstreamError('SERVICE_UNAVAILABLE', 'The queue is away.', { retryAfterSeconds: 1 });
    }
    const queue = new Queue(name, {
      connection: this.#redis,
      prefix: QUEUE_PREFIX,
      skipWaitingForReady: true,
    });
    queue.on('error', () => undefined); // connectRedis has logged it.
    this.#queues.set(name, queue);
    return queue;
  }
}
