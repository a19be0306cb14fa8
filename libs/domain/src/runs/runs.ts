// Runs: making and reading them. What clients ask of those that exist is in controls.ts, what workers do in attempts.ts.

import type { CreateRun, Page, Run, RunListQuery, RunVerdict, ValidateRun } from '@gradstream/contracts';
import { Database, RunRepository } from '@gradstream/data';
import { Injectable } from '@nestjs/common';
import { toKeyset, toPage, type CursorList } from '../common/cursor.js';
import { checkId, notFound } from '../common/ids.js';
import { requireScope, type Principal } from '../common/principal.js';
import { RunCompletion } from './completion.js';
import { RunInserts, runInvalid } from './inserts.js';
import { toRun } from './map.js';

const listOf = ({ projectId: owner }: Principal): CursorList => ({ noun: 'runs', owner });

@Injectable()
export class Runs {
  constructor(
    private readonly database: Database,
    private readonly runs: RunRepository,
    private readonly completion: RunCompletion,
    private readonly inserts: RunInserts,
  ) {}

  /** Checks, stores and queues a run. Throws RUN_INVALID with a pointer to each reason why it would fail. */
  async create(principal: Principal, input: CreateRun): Promise<Run> {
    requireScope(principal, 'write');
    const { spec, problems } = await this.completion.complete(principal, input);
    if (spec === null) throw runInvalid(problems);
    return this.inserts.insert(principal, spec);
  }

  /** What `create` would say, without storing anything: everything that is wrong at once, as far as it can be known. */
  async validate(principal: Principal, input: ValidateRun): Promise<RunVerdict> {
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

  async list(principal: Principal, query: RunListQuery): Promise<Page<Run>> {
    requireScope(principal, 'read');
    const keyset = toKeyset(listOf(principal), query);
    const rows = await this.database.asProject(principal.projectId, () =>
      this.runs.list(principal.projectId, keyset, query),
    );
    return toPage(listOf(principal), rows, query, toRun);
  }
}
