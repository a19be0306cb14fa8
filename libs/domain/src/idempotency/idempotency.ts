// The first answer to a request with an Idempotency-Key is kept, and given again to the same request.

import { GradstreamError } from '@gradstream/contracts';
import { Database, IdempotencyRepository } from '@gradstream/data';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import type { Principal } from '../common/principal.js';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const headersSchema = z.record(z.string(), z.string());

@Injectable()
export class Idempotency {
  constructor(
    private readonly database: Database,
    private readonly keys: IdempotencyRepository,
  ) {}

  /**
   * Takes a key for a request. Null: it is new, do the work, then `store` or `release`. An answer: give it again.
   * Throws IDEMPOTENCY_KEY_REUSED for another request, IDEMPOTENCY_IN_FLIGHT while the first one runs.
   */
  async begin({ projectId }: Principal, key: string, requestSha256: Buffer): Promise<Answer | null> {
    return this.database.asProject(projectId, async () => {
      if (await this.keys.take(projectId, key, requestSha256)) return null;
      const first = await this.keys.find(projectId, key);
      if (first && !first.request_sha256.equals(requestSha256)) {
        throw new GradstreamError(
          'IDEMPOTENCY_KEY_REUSED',
          'Use a new Idempotency-Key for a request with another path, body or API key.',
        );
      }
      if (first?.status === null || first?.status === undefined) {
        const detail = 'The same request is still being answered: try again in a second.';
        throw new GradstreamError('IDEMPOTENCY_IN_FLIGHT', detail, { retryAfterSeconds: 1 });
      }
      return { status: first.status, headers: headersSchema.parse(first.headers), body: first.body ?? '' };
    });
  }

  /** Keeps the answer. */
  async store({ projectId }: Principal, key: string, answer: Answer): Promise<void> {
    await this.database.asProject(projectId, () => this.keys.store(projectId, key, answer));
  }

  /** Gives the key back: what happened says nothing about the request. */
  async release({ projectId }: Principal, key: string): Promise<void> {
    await this.database.asProject(projectId, () => this.keys.release(projectId, key));
  }
}
