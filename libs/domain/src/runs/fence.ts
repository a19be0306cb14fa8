// The fence around everything that a worker writes.

import { GradstreamError } from '@gradstream/contracts';
import { AttemptRepository, Database, type Fence, type RunRow } from '@gradstream/data';
import { Injectable } from '@nestjs/common';
import type { ClaimedAttempt } from './starts.js';
import { RunStates } from './states.js';

/** The refusal of a worker that was replaced. */
export function fenced({ runId, attempt }: Fence): GradstreamError {
  return new GradstreamError(
    'ATTEMPT_FENCED',
    `Attempt ${attempt} of ${runId} was replaced or has ended: this worker stops its trainer.`,
  );
}

@Injectable()
export class AttemptFence {
  constructor(
    private readonly database: Database,
    private readonly attempts: AttemptRepository,
    private readonly states: RunStates,
  ) {}

  /**
   * Runs `work` on the run, locked, if the attempt is still its newest one, and tells followers. Throws ATTEMPT_FENCED.
   */
  async run<T>({ projectId, ...fence }: ClaimedAttempt, work: (run: RunRow) => Promise<T>): Promise<T> {
    return this.database.asProject(projectId, async () => {
      const run = await this.attempts.lockFenced(fence);
      if (!run) throw fenced(fence);
      const result = await work(run);
      this.states.hint(run.id);
      return result;
    });
  }
}
