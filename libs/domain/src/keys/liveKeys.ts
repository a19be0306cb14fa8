// Keys of streams that are open: how many each key has, and whether it still works. A revoked or expired key loses
// its streams within seconds, and Postgres is asked once for all streams of a key.

import { GradstreamError } from '@gradstream/contracts';
import { Injectable } from '@nestjs/common';
import type { Principal } from '../common/principal.js';
import { ApiKeys } from './apiKeys.js';

/** How long a key that worked is taken to work, in ms. */
export const RECHECK_MS = 3000;
/** Streams that one key may have open in this process. */
const MAX_STREAMS = 100;

interface Entry {
  streams: number;
  checkedAt: number;
  check: Promise<void>;
}

/** A stream's hold on its key. */
export interface StreamLease {
  /** Throws UNAUTHENTICATED once the key no longer works. Asks at most every few seconds. */
  readonly check: () => Promise<void>;
  /** Again is no error. */
  readonly release: () => void;
}

@Injectable()
export class LiveKeys {
  readonly #entries = new Map<string, Entry>();

  constructor(private readonly keys: ApiKeys) {}

  /** Counts a stream of a caller who was just authenticated. Throws RATE_LIMITED when the key has too many. */
  open(principal: Principal): StreamLease {
    const { keyId } = principal;
    const entry = this.#entries.get(keyId) ?? { streams: 0, checkedAt: Date.now(), check: Promise.resolve() };
    if (entry.streams >= MAX_STREAMS) {
      const detail = `This key has ${MAX_STREAMS} streams open already: close one, or use another key.`;
      throw new GradstreamError('RATE_LIMITED', detail, { retryAfterSeconds: 1 });
    }
    entry.streams++;
    this.#entries.set(keyId, entry);
    let released = false;
    return {
      check: () => this.#check(entry, principal),
      release: () => {
        if (released) return;
        released = true;
        if (--entry.streams === 0) this.#entries.delete(keyId);
      },
    };
  }

  #check(entry: Entry, principal: Principal): Promise<void> {
    if (Date.now() - entry.checkedAt < RECHECK_MS) return entry.check;
    entry.checkedAt = Date.now();
    entry.check = this.keys.requireActive(principal);
    entry.check.catch(() => {
      entry.checkedAt = 0; // Those who wait for it learn of it; who comes later asks anew.
    });
    return entry.check;
  }
}
