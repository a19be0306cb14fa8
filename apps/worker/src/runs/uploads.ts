// Brings checkpoints into the storage: in order, one at a time, and beside the frames, which do not wait for it. While
// S3 is away checkpoints wait on the worker's disk; beyond a limit the trainer is held. What the run's policy would delete again as
// soon as those behind it are stored is not stored at all.

import { retired, type FromTrainer, type RetentionPolicy } from '@gradstream/contracts';
import type { StoredCheckpoint } from '@gradstream/domain';

export type CheckpointMessage = Extract<FromTrainer, { type: 'checkpoint' }>;

/** Checkpoints that may wait, the one under way included. Each is some files on the worker's disk. */
const MAX_WAITING = 100;
const MAX_WAITING_BYTES = 2 ** 30;

export interface UploadsOptions {
  /** Stores a checkpoint's files, however long it takes; returns them with their keys. */
  readonly store: (checkpoint: CheckpointMessage) => Promise<StoredCheckpoint['files']>;
  readonly onStored: (stored: StoredCheckpoint) => void;
  /** Which checkpoints the run keeps. */
  readonly policy: RetentionPolicy;
  /** Removes the files of one that is not stored. */
  readonly discard: (checkpoint: CheckpointMessage) => void;
  /** Called when too much waits, and when that is over. */
  readonly onPressure: (high: boolean) => void;
  /** Called once, with what made it give up; nothing is stored after it. */
  readonly onFailure: (error: unknown) => void;
  readonly maxWaiting?: number;
  readonly maxWaitingBytes?: number;
}

export class CheckpointUploads {
  readonly #queue: CheckpointMessage[] = [];
  #pressed = false;
  #failed = false;
  #busy: Promise<void> | null = null;

  constructor(private readonly options: UploadsOptions) {}

  /** Whether all that were added are stored, or still can be. */
  get complete(): boolean {
    return !this.#failed;
  }

  add(checkpoint: CheckpointMessage): void {
    if (this.#failed) return;
    this.#queue.push(checkpoint);
    this.#thin();
    this.#press();
    this.#busy ??= this.#work().finally(() => (this.#busy = null));
  }

  /** Resolves when nothing waits any more, because all is stored or it gave up. */
  async drained(): Promise<void> {
    while (this.#busy) await this.#busy;
  }

  /** Takes out those that wait in vain; the first one may be on its way. */
  #thin(): void {
    const { policy, discard } = this.options;
    for (const gone of retired(this.#queue.slice(1), policy)) {
      this.#queue.splice(this.#queue.indexOf(gone), 1);
      discard(gone);
    }
  }

  /** Says when the trainer has to be held: above the limit, until half of it is gone. */
  #press(): void {
    const { maxWaiting = MAX_WAITING, maxWaitingBytes = MAX_WAITING_BYTES } = this.options;
    const bytes = this.#queue.flatMap(({ files }) => files).reduce((sum, file) => sum + file.bytes, 0);
    const share = Math.max(this.#queue.length / maxWaiting, bytes / maxWaitingBytes);
    const pressed = this.#queue.length > 1 && share > (this.#pressed ? 0.5 : 1);
    if (pressed === this.#pressed) return;
    this.#pressed = pressed;
    this.options.onPressure(pressed);
  }

  async #work(): Promise<void> {
    const { store, onStored, onFailure } = this.options;
    try {
      for (let next = this.#queue[0]; next; next = this.#queue[0]) {
        const { step, epoch, metrics } = next;
        onStored({ step, epoch, files: await store(next), metrics });
        this.#queue.shift();
        this.#press();
      }
    } catch (error) {
      this.#failed = true;
      this.#queue.length = 0;
      onFailure(error);
    }
  }
}
