// Trainers that have loaded TensorFlow and wait for a run: its first step comes about a second sooner.

import type { StartTraining } from '@gradstream/contracts';
import { TrainerProcess } from './process.js';

export interface WarmTrainerOptions extends Pick<StartTraining, 'tensorflowDir' | 'threads'> {
  /** The trainer's program. */
  readonly program: string;
  /** The folder that a trainer waits in. */
  readonly cwd: string;
  /** How many may wait. */
  readonly count: number;
  /** Runs at a time: none waits for more than can come. */
  readonly concurrency: number;
}

export class WarmTrainers {
  readonly #waiting = new Set<TrainerProcess>();
  #busy = 0;
  #stopped = false;

  constructor(private readonly options: WarmTrainerOptions) {}

  /** How many wait. */
  get size(): number {
    return this.#waiting.size;
  }

  /** A trainer for one run: one that waits, or a new one. */
  take(): TrainerProcess {
    const [waiting] = this.#waiting;
    if (waiting) this.#waiting.delete(waiting);
    const trainer = waiting ?? this.#fork();
    this.#busy++;
    void trainer.ended.then(() => {
      this.#busy--;
      this.refill();
    });
    return trainer;
  }

  /** Starts what should wait and does not. To be called when there is time for it: loading takes a processor. */
  refill(): void {
    const { count, concurrency, tensorflowDir, threads } = this.options;
    if (this.#stopped) return;
    while (this.#waiting.size < Math.min(count, concurrency - this.#busy)) {
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
