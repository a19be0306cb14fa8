// What people write about a run: its notes and tags. The run itself never changes by it.

import type { Run, UpdateRun } from '@gradstream/contracts';
import { Database, RunRepository } from '@gradstream/data';
import { Injectable } from '@nestjs/common';
import { checkId, notFound } from '../common/ids.js';
import { noPrecondition, type Precondition } from '../common/precondition.js';
import { requireScope, type Principal } from '../common/principal.js';
import { Idempotency } from '../idempotency/idempotency.js';
import { toRun } from './map.js';

@Injectable()
export class RunUpdates {
  constructor(
    private readonly database: Database,
    private readonly runs: RunRepository,
    private readonly idempotency: Idempotency,
  ) {}

  /** Replaces what is given, and leaves the rest. */
  async update(
    principal: Principal,
    id: string,
    input: UpdateRun,
    precondition: Precondition = noPrecondition,
  ): Promise<Run> {
    requireScope(principal, 'write');
    const { projectId } = principal;
    return this.database.asProject(projectId, async () => {
      const row = await this.runs.lock(projectId, checkId('run', id));
      if (!row) throw notFound('run', id);
      precondition(toRun(row));
      const notes = input.notes ?? row.notes;
      const tags = input.tags ?? row.tags;
      const updated = toRun(await this.runs.update(projectId, id, { notes, tags }));
      await this.idempotency.keep(updated);
      return updated;
    });
  }
}
