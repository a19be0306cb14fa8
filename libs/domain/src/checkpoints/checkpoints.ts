// Checkpoints: what a run left behind to go on from, or to use.

import {
  runSpecSchema,
  type Checkpoint,
  type DownloadFormat,
  type DownloadLink,
  type Page,
  type PageQuery,
  type UpdateCheckpoint,
} from '@gradstream/contracts';
import {
  CheckpointRepository,
  Database,
  RunRepository,
  type CheckpointRow,
  type RunRow,
} from '@gradstream/data';
import { Storage } from '@gradstream/platform';
import { Injectable } from '@nestjs/common';
import type { Readable } from 'node:stream';
import { toKeyset, toPage, type CursorList } from '../common/cursor.js';
import { checkId, notFound } from '../common/ids.js';
import { noPrecondition, type Precondition } from '../common/precondition.js';
import { requireScope, type Principal } from '../common/principal.js';
import { Idempotency } from '../idempotency/idempotency.js';
import { fileNameOf, filesOf, toCheckpoint, weightsOf } from './files.js';
import { graphForTfjs, zipForTfjs } from './tfjs.js';

/** A checkpoint's file on its way to a client. */
export interface Download {
  readonly stream: Readable;
  /** Null when it is not known before the end. */
  readonly bytes: number | null;
  readonly etag: string;
  readonly fileName: string;
}

/** How long a link is good for, in seconds: one to be followed at once. */
const LINK_SECONDS = 300;

@Injectable()
export class Checkpoints {
  constructor(
    private readonly database: Database,
    private readonly checkpoints: CheckpointRepository,
    private readonly runs: RunRepository,
    private readonly storage: Storage,
    private readonly idempotency: Idempotency,
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
      const row = await this.checkpoints.lock(projectId, checkId('checkpoint', id));
      if (!row) throw notFound('checkpoint', id);
      precondition(toCheckpoint(row));
      if (pinned === undefined) return toCheckpoint(row);
      const changed = await this.checkpoints.setPinned(projectId, id, pinned);
      if (!changed) throw notFound('checkpoint', id);
      const updated = toCheckpoint(changed);
      await this.idempotency.keep(updated);
      return updated;
    });
  }

  /**
   * The weights as a safetensors file, or with the model as a ZIP for TensorFlow.js. Throws FORMAT_UNSUPPORTED with what of
   * the model does not exist there.
   */
  async download(principal: Principal, id: string, format: DownloadFormat): Promise<Download> {
    requireScope(principal, 'read');
    const row = await this.#find(principal, id);
    const { objectKey, bytes, sha256 } = weightsOf(filesOf(row));
    const fileName = `${row.run_id}-step-${row.step}`;
    if (format === 'safetensors') {
      const stream = await this.storage.openRead(objectKey);
      return { stream, bytes, etag: `"${sha256}"`, fileName: `${fileName}.safetensors` };
    }
    const graph = graphForTfjs(await this.#definition(principal, row));
    const source = await this.storage.openRead(objectKey);
    const stream = await zipForTfjs(graph, source, { bytes, createdAt: row.created_at });
    return { stream, bytes: null, etag: `"${sha256}-tfjs"`, fileName: `${fileName}-tfjs.zip` };
  }

  /** Where the weights can be fetched without a key. */
  async link(principal: Principal, id: string): Promise<DownloadLink> {
    requireScope(principal, 'read');
    const row = await this.#find(principal, id);
    const { objectKey, bytes } = weightsOf(filesOf(row));
    const { name } = await this.#run(principal, row);
    const fileName = fileNameOf(name, row.step);
    const url = await this.storage.presignGet(objectKey, LINK_SECONDS, fileName);
    const expiresAt = new Date(Date.now() + LINK_SECONDS * 1000).toISOString();
    return { url, expiresAt, fileName, bytes };
  }

  async #definition(principal: Principal, row: CheckpointRow): Promise<unknown> {
    return runSpecSchema.parse((await this.#run(principal, row)).spec).model.definition;
  }

  async #run({ projectId }: Principal, { run_id }: CheckpointRow): Promise<RunRow> {
    const run = await this.database.asProject(projectId, () => this.runs.find(projectId, run_id));
    if (!run) throw notFound('run', run_id);
    return run;
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
