// Brings what a trainer says into the store: in order, nothing lost, nothing twice. One write at a time; frames
// that come meanwhile are merged. While Postgres is away they wait in memory; beyond a limit the trainer is held.

import type { NewFrame } from '@gradstream/contracts';
import type { Attempts, CheckpointCommits, ClaimedAttempt, StoredCheckpoint } from '@gradstream/domain';
import { retryWhileAway, type RetryOptions } from '../support/retry.js';

/** Where a run's words go. */
export interface RunStore {
  readonly attempts: Pick<Attempts, 'started' | 'appendFrames' | 'position'>;
  readonly commits: Pick<CheckpointCommits, 'commit'>;
}

type Entry =
  | { readonly type: 'started'; readonly totalSteps: number; readonly engineVersion: string }
  | { readonly type: 'frames'; readonly frames: readonly NewFrame[]; readonly bytes: number }
  | { readonly type: 'checkpoint'; readonly stored: StoredCheckpoint };

const HIGH_WATER_BYTES = 64 * 2 ** 20;
const LOW_WATER_BYTES = HIGH_WATER_BYTES / 2;
/** Frames of one statement, which takes milliseconds. */
const MERGE_FRAMES = 2000;

export interface WriterOptions extends RetryOptions {
  /** Called when too much waits, and when that is over. */
  readonly onPressure: (high: boolean) => void;
  /** Called once, with what no further try would mend; nothing is written after it. */
  readonly onFailure: (error: unknown) => void;
  readonly highWaterBytes?: number;
}

/** Rough size of a frame in memory. */
function sizeOf(frame: NewFrame): number {
  const names = frame.series.reduce((sum, name) => sum + name.length, 0);
  return 200 + names + 8 * frame.values.length;
}

export class RunWriter {
  readonly #queue: Entry[] = [];
  readonly #high: number;
  #waitingBytes = 0;
  #pressed = false;
  #busy: Promise<void> | null = null;
  #failure: { readonly error: unknown } | null = null;
  /** The run's last sequence number as far as we know; null when others of our writes have moved it. */
  #position: number | null = null;

  constructor(
    private readonly store: RunStore,
    private readonly claimed: ClaimedAttempt,
    private readonly options: WriterOptions,
  ) {
    this.#high = options.highWaterBytes ?? HIGH_WATER_BYTES;
  }

  started(totalSteps: number, engineVersion: string): void {
    this.#push({ type: 'started', totalSteps, engineVersion });
  }

  frames(frames: readonly NewFrame[]): void {
    if (frames.length === 0) return;
    this.#push({ type: 'frames', frames, bytes: frames.reduce((sum, frame) => sum + sizeOf(frame), 0) });
  }

  /** The file is in the storage already. */
  checkpoint(stored: StoredCheckpoint): void {
    this.#push({ type: 'checkpoint', stored });
  }

  /** Resolves when all is stored; rejects with what made the writer give up. */
  async drained(): Promise<void> {
    while (this.#busy) await this.#busy;
    if (this.#failure) throw this.#failure.error;
  }

  #push(entry: Entry): void {
    if (this.#failure) return;
    this.#queue.push(entry);
    if (entry.type === 'frames') this.#account(entry.bytes);
    this.#busy ??= this.#work().finally(() => (this.#busy = null));
  }

  /** Counts what waits, and says when the trainer has to be held. */
  #account(bytes: number): void {
    this.#waitingBytes += bytes;
    const low = Math.min(LOW_WATER_BYTES, this.#high / 2);
    const pressed = this.#waitingBytes > (this.#pressed ? low : this.#high);
    if (pressed === this.#pressed) return;
    this.#pressed = pressed;
    this.options.onPressure(pressed);
  }

  async #work(): Promise<void> {
    try {
      for (let entry = this.#queue.shift(); entry; entry = this.#queue.shift()) await this.#write(entry);
    } catch (error) {
      this.#failure = { error };
      this.#queue.length = 0;
      this.options.onFailure(error);
    }
  }

  async #write(entry: Entry): Promise<void> {
    if (entry.type === 'frames') return this.#append(entry);
    // Both may be tried again: a second time they change nothing.
    await retryWhileAway(async () => {
      if (entry.type === 'started') await this.store.attempts.started(this.claimed, entry);
      else await this.store.commits.commit(this.claimed, entry.stored);
    }, this.options);
    this.#position = null;
  }

  async #append(first: Extract<Entry, { type: 'frames' }>): Promise<void> {
    const frames = [...first.frames];
    let bytes = first.bytes;
    for (let next = this.#queue[0]; next?.type === 'frames'; next = this.#queue[0]) {
      if (frames.length + next.frames.length > MERGE_FRAMES) break;
      frames.push(...next.frames);
      bytes += next.bytes;
      this.#queue.shift();
    }
    const after =
      this.#position ??
      (await retryWhileAway(() => this.store.attempts.position(this.claimed), this.options));
    // The place is part of the write: a try that was stored although its answer was lost is recognised.
    this.#position = await retryWhileAway(
      () => this.store.attempts.appendFrames(this.claimed, frames, after),
      this.options,
    );
    this.#account(-bytes);
  }
}
