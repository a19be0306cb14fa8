// Checkpoints: what a run left behind to go on from, or to use.

import { type Checkpoint, type Page, type PageQuery, type UpdateCheckpoint } from '@gradstream/contracts';
import { CheckpointRepository, Database, RunRepository, type CheckpointRow } from '@gradstream/data';
import { Storage } from '@gradstream/platform';
import { Injectable } from '@nestjs/common';
import type { Readable } from 'node:stream';
import { toKeyset, toPage, type CursorList } from '../common/cursor.js';
import { checkId, notFound } from '../common/ids.js';
import { noPrecondition, type Precondition } from '../common/precondition.js';
import { requireScope, type Principal } from '../common/principal.js';
import { filesOf, toCheckpoint, weightsOf } from './files.js';

/** A checkpoint's file on its way to a client. */
export interface Download {
  readonly stream: Readable;
  readonly bytes: number;
  readonly sha256: string;
  readonly fileName: string;
}

@Injectable()
export class Checkpoints {
  constructor(
    private readonly database: Database,
    private readonly checkpoints: CheckpointRepository,
    private readonly runs: RunRepository,
    private readonly storage: Storage,
  ) {}

  /** Checkpoints of a run, newest first. */
  async list(principal: Principal, runId: string, query: PageQuery): Promise<Page<Checkpoint>> {
    requireScope(principal, 'read');
    const { projectId } = principal;
    const of: CursorList = { noun: 'checkpoints', owner: checkId('run', runId) };
    const keyset = toKeyset(of, query);
    const rows = await this.database.asProject(projectId, async () => {
      if (!(await this.runs.find(projectId, runId))) throw notFound('run', runId);
      return this.checkpoints.list(projectId, runId, keyset);
    });
    return toPage(of, rows, query, toCheckpoint);
  }

  async get(principal: Principal, id: string): Promise<Checkpoint> {
    requireScope(principal, 'read');
    return toCheckpoint(await this.#find(principal, id));
  }

  /** Pins a checkpoint against deletion, or unpins it. */
  async update(
    principal: Principal,
    id: string,
    { pinned }: UpdateCheckpoint,
    precondition: Precondition = noPrecondition,
  ): Promise<Checkpoint> {
    requireScope(principal, 'write');
    const { projectId } = principal;
    return this.database.asProject(projectId, async () => {
      const row = await this.#find(principal, id);
      precondition(toCheckpoint(row));
      if (pinned === undefined) return toCheckpoint(row);
      const changed = await this.checkpoints.setPinned(projectId, id, pinned);
      if (!changed) throw notFound('checkpoint', id);
      return toCheckpoint(changed);
    });
  }

  /** The weights as a safetensors file. */
  async download(principal: Principal, id: string): Promise<Download> {
    requireScope(principal, 'read');
    const row = await this.#find(principal, id);
    const { objectKey, bytes, sha256 } = weightsOf(filesOf(row));
    const stream = await this.storage.openRead(objectKey);
    return {
      stream,
      bytes,
      sha256,
      fileName: `${row.run_id}-step-${row.step}.safetensors`,
    };
  }

  async #find(principal: Principal, id: string): Promise<CheckpointRow> {
    const { projectId } = principal;
    const row = await this.database.asProject(projectId, () =>
      this.checkpoints.find(projectId, checkId('checkpoint', id)),
    );
    if (!row) throw notFound('checkpoint', id);
    return row;
  }
}
