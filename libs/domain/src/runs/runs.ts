// Runs: making and reading them. What clients ask of those that exist is in controls.ts, what workers do in attempts.ts.

import {
  GradstreamError,
  type CreateRun,
  type Page,
  type PageQuery,
  type ProblemItem,
  type Run,
  type RunSpec,
  type RunVerdict,
} from '@gradstream/contracts';
import { Database, isForeignKeyViolation, RunRepository } from '@gradstream/data';
import { Injectable } from '@nestjs/common';
import { toKeyset, toPage, type CursorList } from '../common/cursor.js';
import { checkId, newId, notFound } from '../common/ids.js';
import { requireScope, type Principal } from '../common/principal.js';
import { Idempotency } from '../idempotency/idempotency.js';
import { RunCompletion } from './completion.js';
import { toRun } from './map.js';
import { RunQueue } from './queue.js';

const listOf = ({ projectId: owner }: Principal): CursorList => ({ noun: 'runs', owner });
const runInvalid = (errors: readonly ProblemItem[]): GradstreamError =>
  new GradstreamError('RUN_INVALID', 'The run would fail: correct the places that are named.', { errors });

@Injectable()
export class Runs {
  constructor(
    private readonly database: Database,
    private readonly runs: RunRepository,
    private readonly completion: RunCompletion,
    private readonly queue: RunQueue,
    private readonly idempotency: Idempotency,
  ) {}

  /** Checks, stores and queues a run. Throws RUN_INVALID with a pointer to each reason why it would fail. */
  async create(principal: Principal, input: CreateRun): Promise<Run> {
    requireScope(principal, 'write');
    const { spec, problems } = await this.completion.complete(principal, input);
    if (spec === null) throw runInvalid(problems);
    const id = newId('run');
    const run = await this.#insert(principal, id, spec);
    await this.queue.add(id);
    return run;
  }

  /** What `create` would say, without storing anything: everything that is wrong at once. */
  async validate(principal: Principal, input: CreateRun): Promise<RunVerdict> {
    requireScope(principal, 'read');
    const { problems, warnings, memory } = await this.completion.complete(principal, input);
    return { ok: problems.length === 0, problems, warnings, memory };
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
