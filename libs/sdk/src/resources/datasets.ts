import {
  datasetPageSchema,
  datasetPreviewSchema,
  datasetSchema,
  datasetStatsSchema,
  GradstreamError,
  type createDatasetSchema,
  type Dataset,
  type DatasetPreview,
  type DatasetStats,
  type Page,
} from '@gradstream/contracts';
import type { z } from 'zod';
import { sleep, type Http } from '../http.js';
import type { PageOptions } from '../types.js';

export type NewDataset = z.input<typeof createDatasetSchema>;

const POLL_MS = 200;

/** Datasets of the caller's project. */
export class DatasetsResource {
  constructor(private readonly http: Http) {}

  /** Makes a dataset of inline rows, or plans an upload (`upload` in the answer says where to PUT the file). */
  async create(input: NewDataset): Promise<Dataset> {
    return datasetSchema.parse(await this.http.post('/v1/datasets', input));
  }

  /** Says that the planned upload is there; the check of the file begins. */
  async complete(id: string): Promise<Dataset> {
    return datasetSchema.parse(await this.http.post(`/v1/datasets/${id}/complete`, {}));
  }

  async get(id: string): Promise<Dataset> {
    return datasetSchema.parse(await this.http.get(`/v1/datasets/${id}`));
  }

  /** The first rows of a dataset that is ready, 20 unless said otherwise, at most 100. */
  async preview(id: string, options: { rows?: number } = {}): Promise<DatasetPreview> {
    const path = `/v1/datasets/${id}/preview`;
    return datasetPreviewSchema.parse(await this.http.get(path, { query: { rows: options.rows } }));
  }

  /** Counts and moments of each column of a dataset that is ready. */
  async stats(id: string): Promise<DatasetStats> {
    return datasetStatsSchema.parse(await this.http.get(`/v1/datasets/${id}/stats`));
  }

  /** Deletes a dataset and its file. Throws IN_USE when a run refers to it. */
  async delete(id: string): Promise<Dataset> {
    return datasetSchema.parse(await this.http.delete(`/v1/datasets/${id}`));
  }

  /** One page of datasets, newest first. */
  async list(page: PageOptions = {}): Promise<Page<Dataset>> {
    return datasetPageSchema.parse(await this.http.get('/v1/datasets', { query: { ...page } }));
  }

  /** Uploads a CSV and waits until it was checked. Throws DATASET_REJECTED with the lines at fault. */
  async upload(name: string, csv: Uint8Array<ArrayBuffer>, signal?: AbortSignal): Promise<Dataset> {
    const planned = await this.create({ name, upload: { format: 'csv', bytes: csv.byteLength } });
    if (!planned.upload) throw new GradstreamError('INTERNAL', 'the server gave no place to upload to');
    await this.http.upload(planned.upload, csv, signal);
    await this.complete(planned.id);
    return this.untilChecked(planned.id, signal);
  }

  /** Waits for the end of the check. */
  async untilChecked(id: string, signal?: AbortSignal): Promise<Dataset> {
    for (;;) {
      const dataset = await this.get(id);
      if (dataset.state === 'ready') return dataset;
      if (dataset.state === 'rejected') {
        throw new GradstreamError('DATASET_REJECTED', `the dataset "${dataset.name}" was rejected`, {
          errors: dataset.problems,
        });
      }
      await sleep(POLL_MS, signal);
    }
  }
}
