// What is in a dataset: its first rows, and what the check found out about its columns.

import {
  datasetPreviewSchema,
  featureStatisticsSchema,
  GradstreamError,
  type Dataset,
  type DatasetPreview,
  type DatasetStats,
  type PreviewQuery,
} from '@gradstream/contracts';
import { Database, DatasetRepository } from '@gradstream/data';
import { Injectable } from '@nestjs/common';
import { checkId, notFound } from '../common/ids.js';
import { requireScope, type Principal } from '../common/principal.js';
import { toDataset } from './map.js';

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
  ) {}

  /** The first rows. Throws DATASET_NOT_READY. */
  async preview(principal: Principal, id: string, { rows }: PreviewQuery): Promise<DatasetPreview> {
    const { dataset, preview } = await this.#find(principal, id);
    const all = datasetPreviewSchema.shape.rows.parse(preview);
    const { rowCount, columns } = dataset;
    return { columns: columns.map(({ name }) => name), rows: all.slice(0, rows), rowCount };
  }

  /** Statistics of each column. Throws DATASET_NOT_READY. */
  async stats(principal: Principal, id: string): Promise<DatasetStats> {
    const { dataset, statistics } = await this.#find(principal, id);
    const { rowCount, bytes } = dataset;
    return { rowCount, bytes, columns: featureStatisticsSchema.array().parse(statistics) };
  }

  async #find(
    principal: Principal,
    id: string,
  ): Promise<{ dataset: ReadyDataset; statistics: unknown; preview: unknown }> {
    requireScope(principal, 'read');
    const { projectId } = principal;
    return this.database.asProject(projectId, async () => {
      const row = await this.datasets.find(projectId, checkId('dataset', id));
      if (!row) throw notFound('dataset', id);
      const dataset = requireReady(toDataset(row));
      const contents = await this.datasets.findContents(projectId, id);
      return { dataset, statistics: contents?.statistics, preview: contents?.preview };
    });
  }
}
