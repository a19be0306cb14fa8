// Models: definitions that were checked, with what follows from them.

import {
  definitionSchema,
  GradstreamError,
  modelSchema,
  type CreateModel,
  type Model,
  type ModelSummary,
  type ModelVerdict,
  type Page,
  type PageQuery,
  type ProblemItem,
} from '@gradstream/contracts';
import { Database, ModelRepository, RunRepository, type ModelRow } from '@gradstream/data';
import { parseModel, summarize, type ModelGraph } from '@gradstream/models';
import { Injectable } from '@nestjs/common';
import { toKeyset, toPage, type CursorList } from '../common/cursor.js';
import { checkId, newId, notFound } from '../common/ids.js';
import { noPrecondition, type Precondition } from '../common/precondition.js';
import { requireScope, type Principal } from '../common/principal.js';
import { Idempotency } from '../idempotency/idempotency.js';
import { refuseIfUsed, SHOWN_RUNS, unlessUsed } from '../common/removal.js';

const listOf = ({ projectId: owner }: Principal): CursorList => ({ noun: 'models', owner });
const summarySchema = modelSchema.pick({
  inputShape: true,
  outputShape: true,
  parameterCount: true,
  layers: true,
});

/** A row as clients see it. */
function toModel(row: ModelRow): Model {
  return {
    id: row.id,
    name: row.name,
    ...summarySchema.parse(row.summary),
    definition: definitionSchema.parse(row.definition),
    createdAt: row.created_at.toISOString(),
  };
}

/** The summary as clients see it. */
function toSummary(graph: ModelGraph): ModelSummary {
  const { parameterCount: total, trainableCount: trainable, ...summary } = summarize(graph);
  return { ...summary, parameters: { total, trainable, frozen: total - trainable } };
}

/** Problems of a definition that lies at a pointer of the request. */
export function relocate(problems: readonly ProblemItem[], base: string): ProblemItem[] {
  return problems.map((problem) => ({ ...problem, pointer: `${base}${problem.pointer ?? ''}` }));
}

/** The graph of a definition. Throws MODEL_INVALID with pointers under `base`. */
export function requireModel(definition: unknown, base: string): ModelGraph {
  const parsed = parseModel(definition);
  if (parsed.ok) return parsed.graph;
  const errors = relocate(parsed.problems, base);
  throw new GradstreamError(
    'MODEL_INVALID',
    'The definition cannot be built: correct the places that are named.',
    { errors },
  );
}

@Injectable()
export class Models {
  constructor(
    private readonly database: Database,
    private readonly models: ModelRepository,
    private readonly runs: RunRepository,
    private readonly idempotency: Idempotency,
  ) {}

  /** Checks and stores a definition. Throws MODEL_INVALID with a pointer to each mistake. */
  async create(principal: Principal, input: CreateModel): Promise<Model> {
    requireScope(principal, 'write');
    const summary = summarize(requireModel(input.definition, '/definition'));
    const { projectId } = principal;
    const id = newId('model');
    const { name, definition } = input;
    return this.database.asProject(projectId, async () => {
      const model = toModel(await this.models.insert({ id, projectId, name, definition, summary }));
      await this.idempotency.keep(model);
      return model;
    });
  }

  /** What `create` would say, without storing anything, and the summary of a good definition. */
  validate(principal: Principal, input: CreateModel): ModelVerdict {
    requireScope(principal, 'read');
    const parsed = parseModel(input.definition);
    return parsed.ok
      ? { ok: true, problems: [], summary: toSummary(parsed.graph) }
      : { ok: false, problems: relocate(parsed.problems, '/definition'), summary: null };
  }

  async get(principal: Principal, id: string): Promise<Model> {
    return toModel(await this.#find(principal, id));
  }

  /** Layers with shapes and parameters, and the totals. */
  async summary(principal: Principal, id: string): Promise<ModelSummary> {
    return toSummary(requireModel((await this.#find(principal, id)).definition, ''));
  }

  /** Deletes a model, and answers with what it was. Throws IN_USE when a run refers to it. */
  async remove(
    principal: Principal,
    id: string,
    precondition: Precondition = noPrecondition,
  ): Promise<Model> {
    requireScope(principal, 'write');
    const { projectId } = principal;
    const removal = this.database.asProject(projectId, async () => {
      const row = await this.models.lock(projectId, checkId('model', id));
      if (!row) throw notFound('model', id);
      precondition(toModel(row));
      refuseIfUsed('model', await this.runs.listUsersOf('model_id', projectId, id, SHOWN_RUNS));
      await this.models.remove(projectId, id);
      return toModel(row);
    });
    return unlessUsed('model', removal);
  }

  async list(principal: Principal, query: PageQuery): Promise<Page<Model>> {
    requireScope(principal, 'read');
    const keyset = toKeyset(listOf(principal), query);
    const rows = await this.database.asProject(principal.projectId, () =>
      this.models.list(principal.projectId, keyset),
    );
    return toPage(listOf(principal), rows, query, toModel);
  }

  async #find(principal: Principal, id: string): Promise<ModelRow> {
    requireScope(principal, 'read');
    const { projectId } = principal;
    const row = await this.database.asProject(projectId, () =>
      this.models.find(projectId, checkId('model', id)),
    );
    if (!row) throw notFound('model', id);
    return row;
  }
}
