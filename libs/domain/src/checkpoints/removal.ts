// Deletion of checkpoints: rows now, files soon after. Never of what somebody needs.

import { GradstreamError, isFinal, runStateSchema, type Checkpoint } from '@gradstream/contracts';
import {
  CheckpointRepository,
  Database,
  DeletedObjectRepository,
  RunRepository,
  type CheckpointRow,
} from '@gradstream/data';
import { Injectable } from '@nestjs/common';
import { checkId, notFound } from '../common/ids.js';
import { noPrecondition, type Precondition } from '../common/precondition.js';
import { requireScope, type Principal } from '../common/principal.js';
import { unlessUsed } from '../common/removal.js';
import { Idempotency } from '../idempotency/idempotency.js';
import { filesOf, toCheckpoint } from './files.js';

/** A row with what a removal asks of it. */
type Removable = Pick<CheckpointRow, 'id' | 'run_id' | 'files'>;

@Injectable()
export class CheckpointRemoval {
  constructor(
    private readonly database: Database,
    private readonly checkpoints: CheckpointRepository,
    private readonly runs: RunRepository,
    private readonly objects: DeletedObjectRepository,
    private readonly idempotency: Idempotency,
  ) {}

  /**
   * Deletes a checkpoint, and answers with what it was. Throws CONFLICT for one that is pinned, or that a run which has
   * not ended would go on from; IN_USE for one that a fork began at.
   */
  async remove(
    principal: Principal,
    id: string,
    precondition: Precondition = noPrecondition,
  ): Promise<Checkpoint> {
    requireScope(principal, 'write');
    const { projectId } = principal;
    const removal = this.database.asProject(projectId, async () => {
      const found = await this.checkpoints.find(projectId, checkId('checkpoint', id));
      // The run first, as its worker locks them.
      const run = found && (await this.runs.lock(projectId, found.run_id));
      const row = run && (await this.checkpoints.lock(projectId, id));
      if (!row) throw notFound('checkpoint', id);
      precondition(toCheckpoint(row));
      if (row.pinned)
        throw new GradstreamError('CONFLICT', 'The checkpoint is pinned: unpin it before you delete it.');
      const ended = isFinal(runStateSchema.parse(run.state));
      if (!ended && (await this.checkpoints.findResumable(projectId, run.id))?.id === id) {
        const detail = `The run is ${run.state} and would go on from this checkpoint: cancel it first, or delete an older one.`;
        throw new GradstreamError('CONFLICT', detail);
      }
      await this.removeRows(projectId, [row]);
      const removed = toCheckpoint(row);
      await this.idempotency.keep(removed);
      return removed;
    });
    return unlessUsed('checkpoint', removal);
  }

  /** Deletes rows of a project in the caller's transaction, which has locked their run, and notes their files. */
  async removeRows(projectId: string, rows: readonly Removable[]): Promise<void> {
    if (rows.length === 0) return;
    await this.checkpoints.remove(
      projectId,
      rows.map(({ id }) => id),
    );
    // Keys of an earlier form are of a content alone, which other checkpoints may have as well: those files stay.
    const keys = rows.flatMap((row) =>
      filesOf(row).flatMap(({ objectKey }) => (objectKey.includes(row.run_id) ? [objectKey] : [])),
    );
    await this.objects.plan(projectId, keys, new Date());
  }
}
