// What is in a dataset: its first rows, and what the check found out about its columns.

import {
  GradstreamError,
  type Dataset,
  type DatasetPreview,
  type DatasetStats,
  type PreviewQuery,
} from '@gradstream/contracts';
import { Database, DatasetRepository, type DatasetRow } from '@gradstream/data';
import { previewCsv } from '@gradstream/datasets';
import { Storage } from '@gradstream/platform';
import { Injectable } from '@nestjs/common';
import { checkId, notFound } from '../common/ids.js';
import { requireScope, type Principal } from '../common/principal.js';
import { toDataset } from './datasets.js';

/** A dataset of which the check has found all there is to know. */
type ReadyDataset = Dataset & { readonly rowCount: number; readonly bytes: number } & {
  readonly columns: NonNullable<Dataset['columns']>;
};

/** Throws DATASET_NOT_READY. */
function requireReady(dataset: Dataset): ReadyDataset {
  const { state, rowCount, bytes, columns } = dataset;
  if (state === 'ready' && rowCount !== null && bytes !== null && columns !== null)
    return { ...dataset, rowCount, bytes, columns };
  const next = { uploading: 'upload it first', checking: 'wait for its check' };
  const hint = state in next ? next[state as keyof typeof next] : 'its problems say what to mend';
  throw new GradstreamError('DATASET_NOT_READY', `The dataset is ${state}: ${hint}.`);
}

@Injectable()
export class DatasetContents {
  constructor(
    private readonly database: Database,
    private readonly datasets: DatasetRepository,
    private readonly storage: Storage,
  ) {}

  /** The first rows. Reads the start of the file alone. Throws DATASET_NOT_READY. */
  async preview(principal: Principal, id: string, { rows }: PreviewQuery): Promise<DatasetPreview> {
    const row = await this.#find(principal, id);
    const { rowCount } = requireReady(toDataset(row));
    return { ...(await previewCsv(await this.storage.openRead(row.object_key), rows)), rowCount };
  }

  /** Counts and moments of each column. Throws DATASET_NOT_READY. */
  async stats(principal: Principal, id: string): Promise<DatasetStats> {
    const { rowCount, bytes, columns } = requireReady(toDataset(await this.#find(principal, id)));
    return { rowCount, bytes, columns };
  }

  async #find(principal: Principal, id: string): Promise<DatasetRow> {
    requireScope(principal, 'read');
    const { projectId } = principal;
    const row = await this.database.asProject(projectId, () =>
      this.datasets.find(projectId, checkId('dataset', id)),
    );
    if (!row) throw notFound('dataset', id);
    return row;
  }
}
