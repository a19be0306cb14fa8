import {
  checkpointSchema,
  downloadLinkSchema,
  predictionsSchema,
  type Checkpoint,
  type DownloadFormat,
  type DownloadLink,
  type predictSchema,
  type Predictions,
} from '@gradstream/contracts';
import type { z } from 'zod';
import type { Http } from '../http.js';

/** Rows, at most 1,000, by name of column or in the order of the run's input columns; or a page of a dataset. */
export type PredictionInput = z.input<typeof predictSchema>;

/** Checkpoints of the caller's project. */
export class CheckpointsResource {
  constructor(private readonly http: Http) {}

  async get(id: string): Promise<Checkpoint> {
    return checkpointSchema.parse(await this.http.get(`/v1/checkpoints/${id}`));
  }

  /** Pins a checkpoint against deletion, or unpins it. */
  async pin(id: string, pinned = true): Promise<Checkpoint> {
    return checkpointSchema.parse(await this.http.patch(`/v1/checkpoints/${id}`, { pinned }));
  }

  /** Throws CONFLICT for one that is pinned or needed to go on, IN_USE for one that a fork began at. */
  async delete(id: string): Promise<Checkpoint> {
    return checkpointSchema.parse(await this.http.delete(`/v1/checkpoints/${id}`));
  }

  /**
   * What the network says of rows, in their order. Throws VALIDATION_FAILED with a pointer to each value at fault, and
   * PREDICTION_TIMEOUT when no worker has answered within 30 s.
   */
  async predict(id: string, input: PredictionInput): Promise<Predictions> {
    return predictionsSchema.parse(await this.http.post(`/v1/checkpoints/${id}/predict`, input));
  }

  /** Where a browser can fetch the weights by itself: it holds none of them in memory. */
  async link(id: string): Promise<DownloadLink> {
    return downloadLinkSchema.parse(await this.http.get(`/v1/checkpoints/${id}/link`));
  }

  /**
   * The weights, as the bytes of a safetensors file; or as a ZIP with the model, which TensorFlow.js loads. Throws
   * FORMAT_UNSUPPORTED for a model that does not exist there.
   */
  async download(id: string, format: DownloadFormat = 'safetensors'): Promise<Uint8Array<ArrayBuffer>> {
    const path = `/v1/checkpoints/${id}/download`;
    const answer = await this.http.send('GET', path, { query: { format } });
    return new Uint8Array(await answer.arrayBuffer());
  }
}
