// Predictors that stay loaded, so that the second answer of a checkpoint comes at once: so many at most, using so much
// memory at most, none longer than some minutes after its last answer. Knows nothing of checkpoints.

export interface Pooled {
  readonly pid: number | undefined;
  /** Whether it serves no more. */
  readonly failed: boolean;
  readonly ended: Promise<void>;
  kill(): void;
}

export interface PoolOptions {
  /** How many may stay when nobody uses them. */
  readonly maxIdle: number;
  /** What these may use together, in bytes. */
  readonly maxBytes: number;
  readonly idleMs: number;
  /** Memory that a process uses, in bytes; null, which counts as none, where the system does not say or it is gone. */
  readonly memoryOf: (pid: number) => Promise<number | null>;
}

interface Entry<P> {
  readonly starting: Promise<P>;
  ready: P | null;
  users: number;
  lastUsed: number;
  timer: NodeJS.Timeout | undefined;
}

export class PredictorPool<P extends Pooled> {
  readonly #entries = new Map<string, Entry<P>>();
  #uses = 0;
  #closed = false;

  constructor(private readonly options: PoolOptions) {}

  /**
   * Runs work with the predictor of a key, started if there is none, and tells it whether that was loaded already. Throws
   * once all were stopped.
   */
  async use<T>(
    key: string,
    start: () => Promise<P>,
    work: (predictor: P, warm: boolean) => Promise<T>,
  ): Promise<T> {
    if (this.#closed) throw new Error('the predictors were stopped');
    const known = this.#entries.get(key);
    const warm = known?.ready?.failed === false;
    const entry = known && !known.ready?.failed ? known : this.#open(key, start);
    entry.users++;
    clearTimeout(entry.timer);
    try {
      return await work(await entry.starting, warm);
    } finally {
      entry.users--;
      entry.lastUsed = ++this.#uses;
      await this.#settle(key, entry);
    }
  }

  /** How many there are. */
  get size(): number {
    return this.#entries.size;
  }

  /** Ends all; none starts any more. */
  stopAll(): void {
    this.#closed = true;
    for (const [key, entry] of this.#entries) this.#drop(key, entry);
  }

  #open(key: string, start: () => Promise<P>): Entry<P> {
    // What nobody uses makes room before, not after, memory is taken.
    this.#trimTo(Math.max(0, this.options.maxIdle - 1));
    const starting = start();
    const entry: Entry<P> = { starting, ready: null, users: 0, lastUsed: 0, timer: undefined };
    this.#entries.set(key, entry);
    starting.then(
      (predictor) => {
        entry.ready = predictor;
        if (this.#entries.get(key) !== entry) predictor.kill(); // Dropped while it started.
        void predictor.ended.then(() => {
          this.#drop(key, entry);
        });
      },
      () => {
        this.#drop(key, entry);
      },
    );
    return entry;
  }

  /** Decides what stays when one more is not in use. */
  async #settle(key: string, entry: Entry<P>): Promise<void> {
    if (entry.users > 0 || this.#entries.get(key) !== entry) return;
    if (entry.ready?.failed !== false) {
      this.#drop(key, entry);
      return;
    }
    entry.timer = setTimeout(() => {
      this.#drop(key, entry);
    }, this.options.idleMs);
    this.#trimTo(this.options.maxIdle);
    await this.#trimMemory();
  }

  /** Those that nobody uses, the one not used for longest first. */
  #idle(): [string, Entry<P>][] {
    return [...this.#entries]
      .filter(([, { users }]) => users === 0)
      .sort(([, a], [, b]) => a.lastUsed - b.lastUsed);
  }

  #trimTo(count: number): void {
    const idle = this.#idle();
    for (const [key, entry] of idle.slice(0, Math.max(0, idle.length - count))) this.#drop(key, entry);
  }

  async #trimMemory(): Promise<void> {
    const { memoryOf, maxBytes } = this.options;
    const idle = this.#idle();
    const bytes = await Promise.all(
      idle.map(async ([, { ready }]) => (ready?.pid === undefined ? 0 : ((await memoryOf(ready.pid)) ?? 0))),
    );
    let total = bytes.reduce((sum, one) => sum + one, 0);
    for (const [at, [key, entry]] of idle.entries()) {
      if (total <= maxBytes) return;
      total -= bytes[at] ?? 0;
      if (entry.users === 0) this.#drop(key, entry);
    }
  }

  #drop(key: string, entry: Entry<P>): void {
    clearTimeout(entry.timer);
    if (this.#entries.get(key) === entry) this.#entries.delete(key);
    entry.ready?.kill();
  }
}
