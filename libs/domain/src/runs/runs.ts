// Runs: what clients do with them. What workers do is in attempts.ts.

import {
  definitionSchema,
  GradstreamError,
  isFinal,
  runSpecSchema,
  runStateSchema,
  SPEC_VERSION,
  type CreateRun,
  type ModelDefinition,
  type Page,
  type PageQuery,
  type ProblemItem,
  type Run,
  type RunSpec,
} from '@gradstream/contracts';
import { Database, RunRepository, type RunRow } from '@gradstream/data';
import { Queues } from '@gradstream/platform';
import { Injectable } from '@nestjs/common';
import { toKeyset, toPage } from '../common/cursor.js';
import { checkId, newId, notFound } from '../common/ids.js';
import { requireScope, type Principal } from '../common/principal.js';
import { Datasets } from '../datasets/datasets.js';
import { Models, requireModel } from '../models/models.js';
import { RunStates } from './states.js';
import { toRun } from './map.js';
import { preflight } from './preflight.js';

const LIST = 'runs';
/** The TensorFlow that this version trains with. */
const ENGINE_VERSION = '2.21.0';

@Injectable()
export class Runs {
  constructor(
    private readonly database: Database,
    private readonly runs: RunRepository,
    private readonly datasets: Datasets,
    private readonly models: Models,
    private readonly states: RunStates,
    private readonly queues: Queues,
  ) {}

  /** Checks, stores and queues a run. Throws RUN_INVALID with a pointer to each reason why it would fail. */
  async create(principal: Principal, input: CreateRun): Promise<Run> {
    requireScope(principal, 'write');
    const { spec, problems } = await this.#complete(principal, input);
    if (problems.length > 0) {
      throw new GradstreamError('RUN_INVALID', 'The run would fail: correct the places that are named.', {
        errors: problems,
      });
    }
    const { projectId } = principal;
    const id = newId('run');
    const row = await this.database.asProject(projectId, () =>
      this.runs.insert({
        id,
        projectId,
        name: spec.name,
        datasetId: spec.dataset,
        modelId: spec.model.id,
        spec,
      }),
    );
    // When the queue is away the run exists all the same: the reconciler queues it later.
    await this.queues.add('runs', id, { runId: id }).catch((error: unknown) => {
      this.states.logLater(id, error);
    });
    return toRun(row);
  }

  /** What `create` would say, without storing anything. */
  async validate(
    principal: Principal,
    input: CreateRun,
  ): Promise<{ valid: boolean; problems: ProblemItem[] }> {
    requireScope(principal, 'read');
    const { problems } = await this.#complete(principal, input);
    return { valid: problems.length === 0, problems };
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
    const keyset = toKeyset(LIST, query);
    const rows = await this.database.asProject(principal.projectId, () =>
      this.runs.list(principal.projectId, keyset),
    );
    return toPage(LIST, rows, query, toRun);
  }

  /** Stops a run: a queued one at once, one that trains at its next step. Throws RUN_FINISHED. */
  async cancel(principal: Principal, id: string): Promise<Run> {
    requireScope(principal, 'write');
    const { projectId } = principal;
    return this.database.asProject(projectId, async () => {
      const row = await this.#lock(projectId, id);
      const state = runStateSchema.parse(row.state);
      if (isFinal(state))
        throw new GradstreamError('RUN_FINISHED', `The run is ${state}: there is nothing to cancel.`);
      await this.runs.requestCancel(projectId, id);
      if (state === 'queued') await this.states.change(row, 'cancelled', 'cancelled by a request');
      return toRun(await this.#lock(projectId, id));
    });
  }

  async #lock(projectId: string, id: string): Promise<RunRow> {
    const row = await this.runs.lock(projectId, checkId('run', id));
    if (!row) throw notFound('run', id);
    return row;
  }

  /** The complete spec, and what is wrong with it. */
  async #complete(
    principal: Principal,
    input: CreateRun,
  ): Promise<{ spec: RunSpec; problems: ProblemItem[] }> {
    const dataset = await this.datasets.get(principal, input.dataset);
    if (dataset.state !== 'ready' || dataset.sha256 === null) {
      throw new GradstreamError(
        'DATASET_NOT_READY',
        `The dataset is ${dataset.state}: a run needs one that is ready.`,
      );
    }
    const model = await this.#definition(principal, input.model);
    const graph = requireModel(model.definition, model.id === null ? '/model' : '');
    const { problems, ...resolved } = preflight(input, graph, dataset);
    const extra = { specVersion: SPEC_VERSION, engineVersion: ENGINE_VERSION, datasetSha256: dataset.sha256 };
    const spec = runSpecSchema.parse({ ...input, ...extra, ...resolved, model });
    return { spec, problems };
  }

  async #definition(
    principal: Principal,
    model: CreateRun['model'],
  ): Promise<{ id: string | null; definition: ModelDefinition }> {
    if (typeof model !== 'string') return { id: null, definition: definitionSchema.parse(model) };
    const { id, definition } = await this.models.get(principal, model);
    return { id, definition };
  }
}
