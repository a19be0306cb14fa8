// The first answer to a request with an Idempotency-Key is kept, and given again to the same request.
//
// The answer is stored in the transaction that makes the resource. So a key without an answer is one whose request
// made nothing, whatever went wrong: it may be given back, or be taken over, and the request sent again makes one.

import { GradstreamError } from '@gradstream/contracts';
import { Database, IdempotencyRepository, type IdempotencyClaim } from '@gradstream/data';
import { isServiceAway } from '@gradstream/platform';
import { Injectable } from '@nestjs/common';
import { AsyncLocalStorage } from 'node:async_hooks';
import { randomUUID } from 'node:crypto';
import type { Principal } from '../common/principal.js';
import { KeyReleases } from './releases.js';

/** A request that may come again. */
export interface KeyedRequest {
  readonly key: string;
  /** The same for the same request alone. */
  readonly sha256: Buffer;
  /** Makes an answer unreadable to all but the caller: it may hold a secret. */
  readonly seal: (answer: string) => string;
  readonly unseal: (sealed: string) => string;
}

interface Claim extends IdempotencyClaim {
  readonly seal: KeyedRequest['seal'];
  kept: boolean;
}

const inFlight = (): GradstreamError =>
  new GradstreamError(
    'IDEMPOTENCY_IN_FLIGHT',
    'The same request is still being answered: try again in a second.',
    {
      retryAfterSeconds: 1,
    },
  );

@Injectable()
export class Idempotency {
  readonly #claim = new AsyncLocalStorage<Claim>();

  constructor(
    private readonly database: Database,
    private readonly keys: IdempotencyRepository,
    private readonly releases: KeyReleases,
  ) {}

  /**
   * The answer of `work`, or the first one again. Work that makes something must `keep` its answer where it makes it;
   * the answer of other work is kept after it. Throws IDEMPOTENCY_KEY_REUSED for another request,
   * IDEMPOTENCY_IN_FLIGHT while the first one runs.
   */
  async once(
    { projectId }: Principal,
    request: KeyedRequest,
    work: () => Promise<unknown>,
  ): Promise<unknown> {
    const { key, seal } = request;
    const claim: Claim = { projectId, key, owner: randomUUID(), seal, kept: false };
    try {
      const first = await this.#begin(claim, request.sha256);
      if (first !== null) return JSON.parse(request.unseal(first)) as unknown;
    } catch (error) {
      // It may have been taken all the same, when only the answer was lost.
      if (isServiceAway(error)) await this.releases.release(claim);
      throw error;
    }
    try {
      return await this.#claim.run(claim, async () => {
        const answer = await work();
        if (!claim.kept) await this.keep(answer);
        return answer;
      });
    } catch (error) {
      await this.releases.release(claim);
      throw error;
    }
  }

  /**
   * Stores the answer to the request that is under way, if it has a key; for the transaction that makes what the
   * answer tells of. Throws IDEMPOTENCY_IN_FLIGHT, so that nothing is made, when another request has taken the key over.
   */
  async keep(answer: unknown): Promise<void> {
    const claim = this.#claim.getStore();
    if (!claim) return;
    const body = claim.seal(JSON.stringify(answer));
    const stored = await this.database.asProject(claim.projectId, () => this.keys.store(claim, body));
    if (!stored) throw inFlight();
    claim.kept = true;
  }

  /** Null when the key is now ours, else the sealed answer. */
  async #begin(claim: Claim, sha256: Buffer): Promise<string | null> {
    const { projectId, key } = claim;
    return this.database.asProject(projectId, async () => {
      if (await this.keys.take(claim, sha256)) return null;
      const first = await this.keys.find(projectId, key);
      if (first && !first.request_sha256.equals(sha256)) {
        throw new GradstreamError(
          'IDEMPOTENCY_KEY_REUSED',
          'Use a new Idempotency-Key for a request with another path, body or API key.',
        );
      }
      if (!first?.body) throw inFlight();
      return first.body;
    });
  }
}
