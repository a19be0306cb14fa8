// Gives idempotency keys back whose requests failed, also when Postgres comes back only later.

import { Database, IdempotencyRepository, type IdempotencyClaim } from '@gradstream/data';
import { isServiceAway, Logger } from '@gradstream/platform';
import { Injectable } from '@nestjs/common';
import { setTimeout as delay } from 'node:timers/promises';

const RETRY_MS = 1000;

@Injectable()
export class KeyReleases {
  readonly #waiting = new Set<IdempotencyClaim>();

  constructor(
    private readonly database: Database,
    private readonly keys: IdempotencyRepository,
    private readonly logger: Logger,
  ) {}

  /**
   * Gives a key back unless its answer is stored: what the request was to make does not exist then, for both are
   * written in one transaction. Never throws; while Postgres is away it goes on trying, and the caller does not wait.
   */
  async release(claim: IdempotencyClaim): Promise<void> {
    if (await this.#try(claim)) return;
    this.#waiting.add(claim);
    if (this.#waiting.size === 1) void this.#releaseWaiting();
  }

  async #releaseWaiting(): Promise<void> {
    while (this.#waiting.size > 0) {
      await delay(RETRY_MS, undefined, { ref: false });
      for (const claim of this.#waiting) {
        if (!(await this.#try(claim))) break;
        this.#waiting.delete(claim);
      }
    }
  }

  /** Whether it is done with: released, or given up for another reason than Postgres being away. */
  async #try(claim: IdempotencyClaim): Promise<boolean> {
    const { projectId } = claim;
    try {
      await this.database.asProject(projectId, () => this.keys.release(claim));
      return true;
    } catch (err) {
      const away = isServiceAway(err);
      if (!away) this.logger.log.error({ err }, 'an idempotency key stays taken for a minute');
      return !away;
    }
  }
}
