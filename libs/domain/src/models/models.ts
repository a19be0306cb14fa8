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
import {
  checkStructure,
  describeModel,
  parseModel,
  summarize,
  toProblems,
  toWarnings,
  type Finding,
  type ModelGraph,
} from '@gradstream/models';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { toKeyset, toPage, type CursorList } from '../common/cursor.js';
import { checkId, newId, notFound } from '../common/ids.js';
import { noPrecondition, type Precondition } from '../common/precondition.js';
import { requireScope, type Principal } from '../common/principal.js';
import { Idempotency } from '../idempotency/idempotency.js';
import { DEFAULTS, memoryOf } from './memory.js';
import { refuseIfUsed, SHOWN_RUNS, unlessUsed } from '../common/removal.js';

const listOf = ({ projectId: owner }: Principal): CursorList => ({ noun: 'models', owner });
const summarySchema = modelSchema.pick({
  inputs: true,
  outputs: true,
  inputShape: true,
  outputShape: true,
  parameterCount: true,
  layers: true,
});

/** The stored summary; with inputs and outputs made anew where it is from before summaries had them. */
function summaryOf({ summary, definition }: ModelRow): z.infer<typeof summarySchema> {
  const stored = summarySchema.safeParse(summary);
  if (stored.success) return stored.data;
  const parsed = parseModel(definition);
  const { inputs, outputs } = parsed.ok ? summarize(parsed.graph) : { inputs: [], outputs: [] };
  return summarySchema.parse({ ...z.looseObject({}).parse(summary), inputs, outputs });
}

/** A row as clients see it. */
function toModel(row: ModelRow): Model {
  return {
    id: row.id,
    name: row.name,
    ...summaryOf(row),
    definition: definitionSchema.parse(row.definition),
    createdAt: row.created_at.toISOString(),
  };
}

/** The summary as clients see it. */
function toSummary(graph: ModelGraph): ModelSummary {
  const { inputs, outputs, inputShape, outputShape, layers } = summarize(graph);
  const { parameters, frozenLayers, flops } = describeModel(graph);
  const shapes = { inputs: [...inputs], outputs: [...outputs], inputShape, outputShape };
  return { ...shapes, layers, parameters, frozenLayers: [...frozenLayers], flops };
}

/** Problems of a part of a request, with pointers from its root: the part lies at `base`. */
export function relocate(problems: readonly ProblemItem[], base: string): ProblemItem[] {
  return problems.map((problem) => ({ ...problem, pointer: `${base}${problem.pointer ?? ''}` }));
}

/** A definition that was read and checked; without a graph where it cannot be built. */
interface Checked {
  readonly graph: ModelGraph | null;
  readonly problems: ProblemItem[];
  readonly findings: readonly Finding[];
}

/** Pointers of problems are under `base`; those of findings are into the definition. */
function check(definition: unknown, base: string): Checked {
  const parsed = parseModel(definition);
  if (!parsed.ok) return { graph: null, problems: relocate(parsed.problems, base), findings: [] };
  const findings = checkStructure(parsed.graph);
  return { graph: parsed.graph, problems: relocate(toProblems(findings), base), findings };
}

/** The graph of a definition that can train. Throws MODEL_INVALID with pointers under `base`. */
function requireModel(definition: unknown, base: string): ModelGraph {
  const { graph, problems } = check(definition, base);
  if (graph && problems.length === 0) return graph;
  throw invalid(graph ? 'The model cannot train' : 'The definition cannot be built', problems);
}

const invalid = (reason: string, errors: ProblemItem[]): GradstreamError =>
  new GradstreamError('MODEL_INVALID', `${reason}: correct the places that are named.`, { errors });

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
    const { graph, problems, findings } = check(input.definition, '/definition');
    return {
      ok: problems.length === 0,
      problems,
      warnings: relocate(toWarnings(findings), '/definition'),
      summary: graph && toSummary(graph),
      memory: graph && memoryOf(graph, DEFAULTS),
    };
  }

  async get(principal: Principal, id: string): Promise<Model> {
    return toModel(await this.#find(principal, id));
  }

  /** Layers with shapes and parameters, and the totals. */
  async summary(principal: Principal, id: string): Promise<ModelSummary> {
    const parsed = parseModel((await this.#find(principal, id)).definition);
    if (!parsed.ok) throw invalid('The definition cannot be built', parsed.problems);
    return toSummary(parsed.graph);
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
      const removed = toModel(row);
      await this.idempotency.keep(removed);
      return removed;
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
