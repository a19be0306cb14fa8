import { checkpointSchema, type Checkpoint } from '@gradstream/contracts';
import type { Http } from '../http.js';

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

  /** The weights, as the bytes of a safetensors file. */
  async download(id: string): Promise<Uint8Array<ArrayBuffer>> {
    const path = `/v1/checkpoints/${id}/download`;
    const answer = await this.http.send('GET', path, { query: { format: 'safetensors' } });
    return new Uint8Array(await answer.arrayBuffer());
  }
}
