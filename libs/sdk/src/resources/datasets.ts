import {
  datasetPageSchema,
  datasetPreviewSchema,
  datasetSchema,
  datasetStatsSchema,
  GradstreamError,
  MAX_PUT_BYTES,
  multipartPlanSchema,
  type CompleteDataset,
  type createDatasetSchema,
  type Dataset,
  type DatasetFilter,
  type DatasetPreview,
  type DatasetStats,
  type MultipartPlan,
  type Page,
} from '@gradstream/contracts';
import type { z } from 'zod';
import { sleep, type Http } from '../http.js';
import type { PageOptions } from '../types.js';
import { sendFile, sendParts, sourceOf, type FileSource, type UploadProgress } from './uploads.js';

export type NewDataset = z.input<typeof createDatasetSchema>;

/** How a file is read, and sent: in parts where it is large, or where `multipart` says so. */
export type UploadOptions = Omit<Extract<NewDataset, { upload: unknown }>['upload'], 'bytes'> &
  Pick<NewDataset, 'columnTypes'> &
  UploadProgress & {
    /** Told of the dataset before its file is sent: its id is what an interrupted upload in parts is resumed by. */
    readonly onPlanned?: (dataset: Dataset) => void;
  };

const POLL_MS = 200;

/** Datasets of the caller's project. */
export class DatasetsResource {
  constructor(private readonly http: Http) {}

  /** Makes a dataset of inline rows, or plans an upload (`upload` in the answer says where to PUT the file). */
  async create(input: NewDataset): Promise<Dataset> {
    return datasetSchema.parse(await this.http.post('/v1/datasets', input));
  }

  /** Says that the planned upload is there, with the parts of one in parts; the check of the file begins. */
  async complete(id: string, parts?: CompleteDataset['parts']): Promise<Dataset> {
    const body = parts === undefined ? {} : { parts };
    return datasetSchema.parse(await this.http.post(`/v1/datasets/${id}/complete`, body));
  }

  /** Which parts of an upload have arrived, and where to send the others. */
  async uploadOf(id: string): Promise<MultipartPlan> {
    return multipartPlanSchema.parse(await this.http.get(`/v1/datasets/${id}/upload`));
  }

  async get(id: string): Promise<Dataset> {
    return datasetSchema.parse(await this.http.get(`/v1/datasets/${id}`));
  }

  /** The first rows of a dataset that is ready, 20 unless said otherwise, at most 100. */
  async preview(id: string, options: { rows?: number } = {}): Promise<DatasetPreview> {
    const path = `/v1/datasets/${id}/preview`;
    return datasetPreviewSchema.parse(await this.http.get(path, { query: { rows: options.rows } }));
  }

  /** Statistics of each column of a dataset that is ready. */
  async stats(id: string): Promise<DatasetStats> {
    return datasetStatsSchema.parse(await this.http.get(`/v1/datasets/${id}/stats`));
  }

  /**
   * Deletes a dataset and its files. Throws IN_USE when a run refers to it; with `force` only when one does that has not
   * ended. The others stay, and show `datasetDeletedAt`.
   */
  async delete(id: string, { force = false }: { force?: boolean } = {}): Promise<Dataset> {
    const query = force ? { force: 'true' } : {};
    return datasetSchema.parse(await this.http.delete(`/v1/datasets/${id}`, { query }));
  }

  /** One page of datasets, newest first; of the file with a hash alone. */
  async list(page: PageOptions & DatasetFilter = {}): Promise<Page<Dataset>> {
    return datasetPageSchema.parse(await this.http.get('/v1/datasets', { query: { ...page } }));
  }

  /** Uploads a file and waits until it was checked. Throws DATASET_REJECTED with the places at fault. */
  async upload(
    name: string,
    file: Uint8Array<ArrayBuffer> | FileSource,
    options: UploadOptions = {},
  ): Promise<Dataset> {
    const { columnTypes, signal, onProgress, onPlanned, ...format } = options;
    const source = file instanceof Uint8Array ? sourceOf(file) : file;
    const parts = source.bytes > MAX_PUT_BYTES ? { multipart: true as const } : {};
    const planned = await this.create({
      name,
      ...(columnTypes ? { columnTypes } : {}),
      upload: { ...parts, ...format, bytes: source.bytes },
    });
    onPlanned?.(planned);
    const progress = { ...(signal ? { signal } : {}), ...(onProgress ? { onProgress } : {}) };
    const { id } = planned;
    const sent = await sendFile(this.http, planned, source, progress, () => this.uploadOf(id));
    await this.complete(id, sent);
    return this.untilChecked(id, signal);
  }

  /** Goes on with an upload in parts that was interrupted: sends what is missing, and waits for the check. */
  async resume(
    id: string,
    file: Uint8Array<ArrayBuffer> | FileSource,
    progress: UploadProgress = {},
  ): Promise<Dataset> {
    const source = file instanceof Uint8Array ? sourceOf(file) : file;
    const plan = await this.uploadOf(id);
    const bytes = plan.parts.reduce((sum, part) => sum + part.bytes, 0);
    if (bytes !== source.bytes) {
      const detail = `The file has ${source.bytes} bytes, the upload was planned for ${bytes}: give the same file.`;
      throw new GradstreamError('UPLOAD_INCOMPLETE', detail);
    }
    const renew = (): Promise<MultipartPlan> => this.uploadOf(id);
    await this.complete(id, await sendParts(this.http, { id, plan, renew }, source, progress));
    return this.untilChecked(id, progress.signal);
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
