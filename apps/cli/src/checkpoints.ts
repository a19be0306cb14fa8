import type { Checkpoint, Gradstream } from '@gradstream/sdk';

/** The newest checkpoint of a run. Throws when there is none. */
export async function findLastCheckpoint(client: Gradstream, runId: string): Promise<Checkpoint> {
  const [last] = (await client.runs.checkpoints(runId, { limit: 1 })).data;
  if (!last) throw new Error(`run ${runId} has no checkpoint yet: its spec says when one is made`);
  return last;
}
