// Checkpoints: what a run left behind to go on from, or to use.

import { type Checkpoint, type Page, type PageQuery } from '@gradstream/contracts';
import { CheckpointRepository, Database, RunRepository, type CheckpointRow } from '@gradstream/data';
import { Storage } from '@gradstream/platform';
import { Injectable } from '@nestjs/common';
import type { Readable } from 'node:stream';
import { toKeyset, toPage, type CursorList } from '../common/cursor.js';
import { checkId, notFound } from '../common/ids.js';
import { requireScope, type Principal } from '../common/principal.js';
import { toWireRecord } from '../runs/map.js';
import { filesOf, weightsOf } from './files.js';

/** A checkpoint's file on its way to a client. */
export interface Download {
  readonly stream: Readable;
  readonly bytes: number;
  readonly sha256: string;
  readonly fileName: string;
}

/** A row as clients see it. */
function toCheckpoint(row: CheckpointRow): Checkpoint {
  const files = filesOf(row);
  const { bytes, sha256 } = weightsOf(files);
  return {
    id: row.id,
    runId: row.run_id,
    attempt: row.attempt,
    step: row.step,
    epoch: row.epoch,
    bytes,
    sha256,
    files: files.map(({ name, ...file }) => ({ name, bytes: file.bytes, sha256: file.sha256 })),
    resumable: row.resumable,
    metrics: toWireRecord(row.metric_names, row.metric_values),
    createdAt: row.created_at.toISOString(),
  };
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
    return toCheckpoint(await this.#find(principal, id));
  }

  /** The weights as a safetensors file. */
  async download(principal: Principal, id: string): Promise<Download> {
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
    requireScope(principal, 'read');
    const { projectId } = principal;
    const row = await this.database.asProject(projectId, () =>
      this.checkpoints.find(projectId, checkId('checkpoint', id)),
    );
    if (!row) throw notFound('checkpoint', id);
    return row;
  }
}
