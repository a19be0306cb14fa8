// Deletion of datasets: the row now, the files soon after.

import { isFinal, runStateSchema, type Dataset, type DeleteDataset } from '@gradstream/contracts';
import { Database, DatasetRepository, DeletedObjectRepository, RunRepository } from '@gradstream/data';
import { Injectable } from '@nestjs/common';
import { checkId, notFound } from '../common/ids.js';
import { noPrecondition, type Precondition } from '../common/precondition.js';
import { requireScope, type Principal } from '../common/principal.js';
import { refuseIfOpen, refuseIfUsed, SHOWN_RUNS, unlessUsed } from '../common/removal.js';
import { Idempotency } from '../idempotency/idempotency.js';
import { filesOf, sourceKeyOf, toDataset } from './map.js';
import { DatasetUploads, UPLOAD_SECONDS } from './uploads.js';

@Injectable()
export class DatasetRemoval {
  constructor(
    private readonly database: Database,
    private readonly datasets: DatasetRepository,
    private readonly runs: RunRepository,
    private readonly deleted: DeletedObjectRepository,
    private readonly uploads: DatasetUploads,
    private readonly idempotency: Idempotency,
  ) {}

  /**
   * Deletes a dataset, and answers with what it was. Throws IN_USE when a run refers to it; with `force` only when one does
   * that has not ended: the others lose it, and show when.
   */
  async remove(
    principal: Principal,
    id: string,
    { force }: DeleteDataset,
    precondition: Precondition = noPrecondition,
  ): Promise<Dataset> {
    requireScope(principal, 'write');
    const { projectId } = principal;
    const removal = this.database.asProject(projectId, async () => {
      // Runs first, then the dataset: who changes a run twice in a transaction, as a retry does, has Postgres lock them
      // in this order, since it checks the foreign key again for a row of that transaction's own.
      const open = force ? await this.#detach(projectId, checkId('dataset', id)) : [];
      const row = await this.datasets.lock(projectId, checkId('dataset', id));
      if (!row) throw notFound('dataset', id);
      precondition(toDataset(row));
      refuseIfOpen('dataset', open);
      // Of a deletion by force, those that were made since; none is made from here on.
      const users = await this.runs.listUsersOf('dataset_id', projectId, id, SHOWN_RUNS);
      (force ? refuseIfOpen : refuseIfUsed)('dataset', users);
      await this.datasets.remove(projectId, id);
      const keys = filesOf(row).map(({ objectKey }) => objectKey);
      const source = sourceKeyOf(projectId, id);
      if (row.object_key !== source) keys.push(row.object_key);
      if (keys.length > 0) await this.deleted.plan(projectId, keys, new Date());
      // Until its URL expires, an upload may come, and come again.
      const expires = new Date(row.created_at.getTime() + UPLOAD_SECONDS * 1000);
      await this.deleted.plan(projectId, [source], expires);
      await this.idempotency.keep(toDataset(row));
      return row;
    });
    const row = await unlessUsed('dataset', removal);
    if (row.state === 'uploading') await this.uploads.forgetParts(row);
    return toDataset(row);
  }

  /**
   * Takes a dataset from its runs, all locked: none ends, or starts again, between look and change. Returns some that have
   * not ended, for which all keep it.
   */
  async #detach(projectId: string, id: string): Promise<string[]> {
    const users = await this.runs.lockUsersOf(projectId, id);
    const open = users.filter(({ state }) => !isFinal(runStateSchema.parse(state)));
    if (open.length === 0) await this.runs.detachDataset(projectId, id, new Date());
    return open.slice(0, SHOWN_RUNS).map((run) => run.id);
  }
}
