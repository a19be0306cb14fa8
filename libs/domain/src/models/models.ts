// Models: definitions that were checked, with what follows from them.

import {
  definitionSchema,
  GradstreamError,
  modelSchema,
  type CreateModel,
  type Model,
  type Page,
  type PageQuery,
  type ProblemItem,
} from '@gradstream/contracts';
import { Database, ModelRepository, type ModelRow } from '@gradstream/data';
import { parseModel, summarize, type ModelGraph } from '@gradstream/models';
import { Injectable } from '@nestjs/common';
import { toKeyset, toPage } from '../common/cursor.js';
import { checkId, newId, notFound } from '../common/ids.js';
import { requireScope, type Principal } from '../common/principal.js';

const LIST = 'models';
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
  ) {}

  /** Checks and stores a definition. Throws MODEL_INVALID with a pointer to each mistake. */
  async create(principal: Principal, input: CreateModel): Promise<Model> {
    requireScope(principal, 'write');
    const summary = summarize(requireModel(input.definition, '/definition'));
    const { projectId } = principal;
    const id = newId('model');
    const row = await this.database.asProject(projectId, () =>
      this.models.insert({ id, projectId, name: input.name, definition: input.definition, summary }),
    );
    return toModel(row);
  }

  /** What `create` would say, without storing anything. */
  validate(principal: Principal, input: CreateModel): { valid: boolean; problems: ProblemItem[] } {
    requireScope(principal, 'read');
    const parsed = parseModel(input.definition);
    return { valid: parsed.ok, problems: parsed.ok ? [] : relocate(parsed.problems, '/definition') };
  }

  async get(principal: Principal, id: string): Promise<Model> {
    requireScope(principal, 'read');
    const { projectId } = principal;
    const row = await this.database.asProject(projectId, () =>
      this.models.find(projectId, checkId('model', id)),
    );
    if (!row) throw notFound('model', id);
    return toModel(row);
  }

  async list(principal: Principal, query: PageQuery): Promise<Page<Model>> {
    requireScope(principal, 'read');
    const keyset = toKeyset(LIST, query);
    const rows = await this.database.asProject(principal.projectId, () =>
      this.models.list(principal.projectId, keyset),
    );
    return toPage(LIST, rows, query, toModel);
  }
}
