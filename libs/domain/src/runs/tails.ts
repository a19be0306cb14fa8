// One reader of a run's new frames for all its followers in this process: a hint, or a second's wait, makes it look
// for more. A follower that is behind reads Postgres itself until it has caught up.

import { isServiceAway, Logger, Wakeups } from '@gradstream/platform';
import { Injectable } from '@nestjs/common';
import { Bell } from '../common/bell.js';
import { FIRST_SLICE, FrameReader, MAX_SLICE, nextLimit, type FrameSource, type Slice } from './slices.js';
import { FrameWindow } from './window.js';

const POLL_MS = 1000;

/** What the followers of one source share. */
export class Tail {
  readonly #window: FrameWindow;
  readonly #closed = new AbortController();
  readonly #waiting = new Set<() => void>();
  #failure: { readonly error: unknown } | null = null;
  followers = 0;

  constructor(
    private readonly source: FrameSource,
    private readonly parts: { reader: FrameReader; wakeups: Wakeups; logger: Logger },
    afterSeq: number,
  ) {
    this.#window = new FrameWindow(afterSeq, MAX_SLICE);
    void this.#run();
  }

  /** What follows a place; null when that is known to Postgres alone. Throws what ended the tail. */
  after(afterSeq: number, limit: number): Slice | null {
    if (this.#failure) throw this.#failure.error;
    return this.#window.after(afterSeq, limit);
  }

  /** Resolves when there is something after a place, after some time, or when the signal aborts. */
  async wait(afterSeq: number, ms: number, signal: AbortSignal): Promise<void> {
    if (this.#window.to > afterSeq || this.#window.done || this.#failure) return;
    const bell = new Bell(signal);
    this.#waiting.add(bell.ring);
    try {
      await bell.wait(ms);
    } finally {
      this.#waiting.delete(bell.ring);
    }
  }

  close(): void {
    this.#closed.abort();
  }

  async #run(): Promise<void> {
    const { reader, wakeups, logger } = this.parts;
    const { signal } = this.#closed;
    const bell = new Bell(signal);
    let limit = FIRST_SLICE;
    const unsubscribe = wakeups.subscribe(this.source.runId, bell.ring);
    try {
      while (!signal.aborted) {
        bell.reset();
        const before = this.#window.to;
        let full = false;
        try {
          const slice = await reader.read(this.source, before, limit);
          full = slice.full;
          limit = nextLimit(slice.rows, limit);
          this.#window.add(slice);
        } catch (error) {
          if (!isServiceAway(error)) throw error;
          logger.log.debug({ err: error, runId: this.source.runId }, 'followers wait for Postgres');
        }
        if (this.#window.to > before || this.#window.done) this.#ringAll();
        if (this.#window.done) return;
        if (!full) await bell.wait(POLL_MS);
      }
    } catch (error) {
      this.#failure = { error };
      this.#ringAll();
    } finally {
      unsubscribe();
    }
  }

  #ringAll(): void {
    for (const ring of this.#waiting) ring();
  }
}

@Injectable()
export class Tails {
  readonly #open = new Map<string, Tail>();

  constructor(
    private readonly reader: FrameReader,
    private readonly wakeups: Wakeups,
    private readonly logger: Logger,
  ) {}

  /** The tail of a source, which begins at `afterSeq` if nobody follows it yet. To be given back by `leave`. */
  join(source: FrameSource, afterSeq: number): Tail {
    const key = keyOf(source);
    const { reader, wakeups, logger } = this;
    const tail = this.#open.get(key) ?? new Tail(source, { reader, wakeups, logger }, afterSeq);
    this.#open.set(key, tail);
    tail.followers++;
    return tail;
  }

  /** One follower less; the last one ends the tail. */
  leave(source: FrameSource, tail: Tail): void {
    if (--tail.followers > 0) return;
    tail.close();
    const key = keyOf(source);
    if (this.#open.get(key) === tail) this.#open.delete(key);
  }
}

const keyOf = ({ projectId, runId, kind }: FrameSource): string => `${projectId}/${runId}/${kind}`;
