// Deletion of datasets: the row now, the file soon after.

import type { Dataset } from '@gradstream/contracts';
import { Database, DatasetRepository, DeletedObjectRepository, RunRepository } from '@gradstream/data';
import { Injectable } from '@nestjs/common';
import { checkId, notFound } from '../common/ids.js';
import { noPrecondition, type Precondition } from '../common/precondition.js';
import { requireScope, type Principal } from '../common/principal.js';
import { refuseIfUsed, SHOWN_RUNS, unlessUsed } from '../common/removal.js';
import { sourceKeyOf, toDataset, UPLOAD_SECONDS } from './datasets.js';

@Injectable()
export class DatasetRemoval {
  constructor(
    private readonly database: Database,
    private readonly datasets: DatasetRepository,
    private readonly runs: RunRepository,
    private readonly deleted: DeletedObjectRepository,
  ) {}

  /** Deletes a dataset, and answers with what it was. Throws IN_USE when a run refers to it. */
  async remove(
    principal: Principal,
    id: string,
    precondition: Precondition = noPrecondition,
  ): Promise<Dataset> {
    requireScope(principal, 'write');
    const { projectId } = principal;
    const removal = this.database.asProject(projectId, async () => {
      const row = await this.datasets.lock(projectId, checkId('dataset', id));
      if (!row) throw notFound('dataset', id);
      precondition(toDataset(row));
      refuseIfUsed('dataset', await this.runs.listUsersOf('dataset_id', projectId, id, SHOWN_RUNS));
      await this.datasets.remove(projectId, id);
      const source = sourceKeyOf(projectId, id);
      if (row.object_key !== source) await this.deleted.insert(projectId, row.object_key, new Date());
      // Until its URL expires, an upload may come, and come again.
      const expires = new Date(row.created_at.getTime() + UPLOAD_SECONDS * 1000);
      await this.deleted.insert(projectId, source, expires);
      return toDataset(row);
    });
    return unlessUsed('dataset', removal);
  }
}
