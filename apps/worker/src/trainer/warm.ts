// Trainers that have loaded TensorFlow and wait for a run, also while others train: its first step comes half a second to a
// second sooner.

import type { StartTraining } from '@gradstream/contracts';
import { TrainerProcess } from './process.js';

export interface WarmTrainerOptions extends Pick<StartTraining, 'tensorflowDir' | 'threads'> {
  /** The trainer's program. */
  readonly program: string;
  /** The folder that a trainer waits in. */
  readonly cwd: string;
  /** How many wait. */
  readonly count: number;
}

/** How long after a run has begun to train the next trainer is loaded, in ms: its first steps are what people wait for. */
const AFTER_START_MS = 500;

export class WarmTrainers {
  readonly #waiting = new Set<TrainerProcess>();
  #stopped = false;

  constructor(private readonly options: WarmTrainerOptions) {}

  /** How many wait. */
  get size(): number {
    return this.#waiting.size;
  }

  /** A trainer for one run: one that waits, or a new one. */
  take(): TrainerProcess {
    const waiting = [...this.#waiting].find(({ isAlive }) => isAlive);
    if (waiting) this.#waiting.delete(waiting);
    const trainer = waiting ?? this.#fork();
    void trainer.ended.then(() => {
      this.refill();
    });
    return trainer;
  }

  /** To be called when a run has begun to train. */
  refillSoon(): void {
    setTimeout(() => {
      this.refill();
    }, AFTER_START_MS).unref();
  }

  /** Starts what should wait and does not; loading takes a processor for half a second. */
  refill(): void {
    const { count, tensorflowDir, threads } = this.options;
    if (this.#stopped) return;
    while (this.#waiting.size < count) {
      const trainer = this.#fork();
      this.#waiting.add(trainer);
      trainer.send({ type: 'warm', tensorflowDir, threads });
      // One that dies is not started again at once: it may die of what the next one would, too.
      void trainer.ended.then(() => this.#waiting.delete(trainer));
    }
  }

  /** Ends those that wait, and starts no more. */
  stop(): void {
    this.#stopped = true;
    for (const trainer of this.#waiting) trainer.kill();
  }

  #fork(): TrainerProcess {
    return new TrainerProcess(this.options.program, this.options.cwd);
  }
}
