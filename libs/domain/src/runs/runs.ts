// Runs: what clients do with them. What workers do is in attempts.ts.

import {
  GradstreamError,
  isFinal,
  runStateSchema,
  type CreateRun,
  type Page,
  type PageQuery,
  type ProblemItem,
  type Run,
  type RunSpec,
  type Verdict,
} from '@gradstream/contracts';
import { Database, isForeignKeyViolation, RunRepository, type RunRow } from '@gradstream/data';
import { Queues } from '@gradstream/platform';
import { Injectable } from '@nestjs/common';
import { toKeyset, toPage, type CursorList } from '../common/cursor.js';
import { checkId, newId, notFound } from '../common/ids.js';
import { noPrecondition, type Precondition } from '../common/precondition.js';
import { requireScope, type Principal } from '../common/principal.js';
import { Idempotency } from '../idempotency/idempotency.js';
import { RunCompletion } from './completion.js';
import { toRun } from './map.js';
import { RunStates } from './states.js';

const listOf = ({ projectId: owner }: Principal): CursorList => ({ noun: 'runs', owner });
const runInvalid = (errors: readonly ProblemItem[]): GradstreamError =>
  new GradstreamError('RUN_INVALID', 'The run would fail: correct the places that are named.', { errors });

@Injectable()
export class Runs {
  constructor(
    private readonly database: Database,
    private readonly runs: RunRepository,
    private readonly completion: RunCompletion,
    private readonly states: RunStates,
    private readonly queues: Queues,
    private readonly idempotency: Idempotency,
  ) {}

  /** Checks, stores and queues a run. Throws RUN_INVALID with a pointer to each reason why it would fail. */
  async create(principal: Principal, input: CreateRun): Promise<Run> {
    requireScope(principal, 'write');
    const { spec, problems } = await this.completion.complete(principal, input);
    if (spec === null) throw runInvalid(problems);
    const id = newId('run');
    const run = await this.#insert(principal, id, spec);
    // When the queue is away the run exists all the same: the reconciler queues it later.
    await this.queues.add('runs', id, { runId: id }).catch((error: unknown) => {
      this.states.logLater(id, error);
    });
    return run;
  }

  /** What `create` would say, without storing anything: everything that is wrong at once. */
  async validate(principal: Principal, input: CreateRun): Promise<Verdict> {
    requireScope(principal, 'read');
    const { problems } = await this.completion.complete(principal, input);
    return { ok: problems.length === 0, problems };
  }

  async get(principal: Principal, id: string): Promise<Run> {
    requireScope(principal, 'read');
    const { projectId } = principal;
    const row = await this.database.asProject(projectId, () => this.runs.find(projectId, checkId('run', id)));
    if (!row) throw notFound('run', id);
    return toRun(row);
  }

  async list(principal: Principal, query: PageQuery): Promise<Page<Run>> {
    requireScope(principal, 'read');
    const keyset = toKeyset(listOf(principal), query);
    const rows = await this.database.asProject(principal.projectId, () =>
      this.runs.list(principal.projectId, keyset),
    );
    return toPage(listOf(principal), rows, query, toRun);
  }

  /** Stops a run: a queued one at once, one that trains at its next step. Throws RUN_FINISHED. */
  async cancel(principal: Principal, id: string, precondition: Precondition = noPrecondition): Promise<Run> {
    requireScope(principal, 'write');
    const { projectId } = principal;
    return this.database.asProject(projectId, async () => {
      const row = await this.#lock(projectId, id);
      precondition(toRun(row));
      const state = runStateSchema.parse(row.state);
      if (isFinal(state))
        throw new GradstreamError('RUN_FINISHED', `The run is ${state}: there is nothing to cancel.`);
      await this.runs.requestCancel(projectId, id);
      if (state === 'queued') await this.states.change(row, 'cancelled', 'cancelled by a request');
      const run = toRun(await this.#lock(projectId, id));
      await this.idempotency.keep(run);
      return run;
    });
  }

  async #lock(projectId: string, id: string): Promise<RunRow> {
    const row = await this.runs.lock(projectId, checkId('run', id));
    if (!row) throw notFound('run', id);
    return row;
  }

  /** Stores the run. Throws RUN_INVALID when what it needs was deleted meanwhile. */
  async #insert({ projectId }: Principal, id: string, spec: RunSpec): Promise<Run> {
    const { name, dataset: datasetId, model } = spec;
    try {
      return await this.database.asProject(projectId, async () => {
        const row = await this.runs.insert({ id, projectId, name, datasetId, modelId: model.id, spec });
        const run = toRun(row);
        await this.idempotency.keep(run);
        return run;
      });
    } catch (error) {
      if (!isForeignKeyViolation(error)) throw error;
      const message = 'the dataset or the model was deleted a moment ago';
      throw runInvalid([{ pointer: '', code: 'notFound', message, hint: 'Name others' }]);
    }
  }
}
