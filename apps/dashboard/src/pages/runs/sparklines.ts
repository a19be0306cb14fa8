// Sparklines are asked for one by one, by the rows that need them, and fetched many at a time.

import type { Gradstream } from '@gradstream/sdk';
import { sparklinesOf, type Sparkline } from './runsApi.js';

const GATHER_MS = 30;
const MAX_IDS = 100;

interface Waiting {
  readonly id: string;
  readonly resolve: (line: Sparkline | null) => void;
  readonly reject: (thrown: unknown) => void;
}

export const sparklineKey = (id: string): readonly string[] => ['runs', 'sparkline', id];

/** Gathers what is asked for within a moment into one request. */
class SparklineLoader {
  #waiting: Waiting[] = [];

  constructor(private readonly client: Gradstream) {}

  /** A run's sparkline; null where it has none. */
  load(id: string): Promise<Sparkline | null> {
    if (this.#waiting.length === 0) setTimeout(() => void this.#send(), GATHER_MS);
    return new Promise((resolve, reject) => this.#waiting.push({ id, resolve, reject }));
  }

  async #send(): Promise<void> {
    const batch = this.#waiting.slice(0, MAX_IDS);
    this.#waiting = this.#waiting.slice(MAX_IDS);
    if (this.#waiting.length > 0) setTimeout(() => void this.#send(), GATHER_MS);
    try {
      const lines = await sparklinesOf(
        this.client,
        batch.map(({ id }) => id),
      );
      const byId = new Map(lines.map((line) => [line.id, line]));
      for (const { id, resolve } of batch) resolve(byId.get(id) ?? null);
    } catch (thrown) {
      for (const { reject } of batch) reject(thrown);
    }
  }
}

const loaders = new WeakMap<Gradstream, SparklineLoader>();

/** The loader of a client. */
export function sparklinesFor(client: Gradstream): SparklineLoader {
  const loader = loaders.get(client) ?? new SparklineLoader(client);
  loaders.set(client, loader);
  return loader;
}
