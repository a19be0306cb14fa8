// TensorFlow of this process: loaded in advance when the worker says so, else by what needs it first.

import type { StartTraining } from '@gradstream/contracts';
import { engine, type Engine } from '@gradstream/engine';

let started: Engine | null = null;

/** The engine; the first call starts it, with its threads. Throws what `engine.start` throws. */
export function startedEngine({
  tensorflowDir,
  threads,
}: Pick<StartTraining, 'tensorflowDir' | 'threads'>): Engine {
  started ??= engine.start({ tensorflowDir, intraOpThreads: threads, interOpThreads: 1 });
  return started;
}
