// What one does about a run that failed, by the code of its failure.

import type { RunFailure } from '@gradstream/sdk';

const ADVICE: Partial<Record<RunFailure['code'], string>> = {
  OUT_OF_MEMORY:
    'Take a smaller batch or model in a new run, or activation checkpointing ("checkpointing"); or give the machine more memory, and retry.',
  MEMORY_LIMIT: 'Fork the run with more "limits.memoryBytes", or take a smaller batch in a new run.',
  TIME_LIMIT: 'Fork the run with more "limits.seconds": it goes on from its last checkpoint.',
  DIVERGED:
    'See where the gradient norm rose. A fork of a checkpoint before it, if there is one, keeps what was learned; else make a new run.',
  ENGINE_CRASHED: 'The last lines below may say why. Retry goes on from the last checkpoint.',
  ATTEMPTS_EXHAUSTED: 'Look why workers end (their own log says it), then retry from the last checkpoint.',
  STORAGE_FULL: 'Make room in the storage, for example by deleting runs, then retry.',
  SERVICE_UNAVAILABLE: 'Retry once the service is back.',
};

/** Null where the failure's own words are all there is to say. */
export const adviceFor = ({ code }: Pick<RunFailure, 'code'>): string | null => ADVICE[code] ?? null;
