import { checkpointSchema, type Checkpoint } from '@gradstream/contracts';
import type { Http } from '../http.js';

/** Checkpoints of the caller's project. */
export class CheckpointsResource {
  constructor(private readonly http: Http) {}

  async get(id: string): Promise<Checkpoint> {
    return checkpointSchema.parse(await this.http.get(`/v1/checkpoints/${id}`));
  }

  /** The weights, as the bytes of a safetensors file. */
  async download(id: string): Promise<Uint8Array<ArrayBuffer>> {
    const path = `/v1/checkpoints/${id}/download`;
    const answer = await this.http.send('GET', path, { query: { format: 'safetensors' } });
    return new Uint8Array(await answer.arrayBuffer());
  }
}
