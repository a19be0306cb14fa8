// How a run comes to exist: its row and the first answer in one transaction, then the queue's job.

import { GradstreamError, type ProblemItem, type Run, type RunSpec } from '@gradstream/contracts';
import { Database, isForeignKeyViolation, RunRepository } from '@gradstream/data';
import { Injectable } from '@nestjs/common';
import { newId } from '../common/ids.js';
import type { Principal } from '../common/principal.js';
import { Idempotency } from '../idempotency/idempotency.js';
import { toRun } from './map.js';
import { RunQueue } from './queue.js';

/** The refusal of a run that would fail. */
export const runInvalid = (errors: readonly ProblemItem[]): GradstreamError =>
  new GradstreamError('RUN_INVALID', 'The run would fail: correct the places that are named.', { errors });

@Injectable()
export class RunInserts {
  constructor(
    private readonly database: Database,
    private readonly runs: RunRepository,
    private readonly queue: RunQueue,
    private readonly idempotency: Idempotency,
  ) {}

  /** Stores and queues a run. Throws RUN_INVALID when what it needs was deleted meanwhile. */
  async insert({ projectId }: Principal, spec: RunSpec): Promise<Run> {
    const id = newId('run');
    const { name, dataset: datasetId, model, origin } = spec;
    const references = { datasetId, modelId: model.id, originCheckpointId: origin?.checkpoint ?? null };
    const run = await this.database
      .asProject(projectId, async () => {
        const made = toRun(await this.runs.insert({ id, projectId, name, ...references, spec }));
        await this.idempotency.keep(made);
        return made;
      })
      .catch((error: unknown) => {
        if (!isForeignKeyViolation(error)) throw error;
        const message = 'the dataset, the model or the checkpoint was deleted a moment ago';
        throw runInvalid([{ pointer: '', code: 'notFound', message, hint: 'Name others' }]);
      });
    await this.queue.add(id);
    return run;
  }
}
