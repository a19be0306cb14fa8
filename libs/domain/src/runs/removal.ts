// Deletion of a run that has ended, with all that it left: rows now, files soon after.

import { GradstreamError, isFinal, runStateSchema, type Run } from '@gradstream/contracts';
import { CheckpointRepository, Database, RunRepository } from '@gradstream/data';
import { Injectable } from '@nestjs/common';
import { CheckpointRemoval } from '../checkpoints/removal.js';
import { checkId, notFound } from '../common/ids.js';
import { noPrecondition, type Precondition } from '../common/precondition.js';
import { requireScope, type Principal } from '../common/principal.js';
import { refuseIfUsed, SHOWN_RUNS, unlessUsed } from '../common/removal.js';
import { Idempotency } from '../idempotency/idempotency.js';
import { toRun } from './map.js';

@Injectable()
export class RunRemoval {
  constructor(
    private readonly database: Database,
    private readonly runs: RunRepository,
    private readonly checkpoints: CheckpointRepository,
    private readonly removal: CheckpointRemoval,
    private readonly idempotency: Idempotency,
  ) {}

  /**
   * Deletes a run with its history and checkpoints, pinned ones too, and answers with what it was. Throws CONFLICT for
   * one that has not ended, IN_USE for one that forks began at. Takes seconds for a million frames.
   */
  async remove(principal: Principal, id: string, precondition: Precondition = noPrecondition): Promise<Run> {
    requireScope(principal, 'write');
    const { projectId } = principal;
    const removal = this.database.asProject(projectId, async () => {
      const row = await this.runs.lock(projectId, checkId('run', id));
      if (!row) throw notFound('run', id);
      const run = toRun(row);
      precondition(run);
      if (!isFinal(runStateSchema.parse(row.state)))
        throw new GradstreamError('CONFLICT', `The run is ${row.state}: cancel it before you delete it.`);
      refuseIfUsed('run', await this.runs.listForksOf(projectId, id, SHOWN_RUNS));
      await this.removal.removeRows(projectId, await this.checkpoints.listAll(projectId, id));
      await this.runs.remove(row);
      await this.idempotency.keep(run);
      return run;
    });
    return unlessUsed('run', removal);
  }
}
