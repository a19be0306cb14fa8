// Datasets: from inline rows or an upload, through the check in a worker, to ready or rejected.

import {
  columnTypeSchema,
  datasetColumnSchema,
  datasetStateSchema,
  GradstreamError,
  problemItemSchema,
  type ColumnType,
  type CreateDataset,
  type Dataset,
  type Page,
  type PageQuery,
  type ProblemItem,
  type UploadPlan,
} from '@gradstream/contracts';
import { Database, DatasetRepository, type CheckedDataset, type DatasetRow } from '@gradstream/data';
import { Logger, Queues, Storage } from '@gradstream/platform';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { toKeyset, toPage, type CursorList } from '../common/cursor.js';
import { checkId, newId, notFound } from '../common/ids.js';
import { requireScope, type Principal } from '../common/principal.js';
import { Idempotency } from '../idempotency/idempotency.js';
import { inlineToCsv } from './csv.js';

const listOf = ({ projectId: owner }: Principal): CursorList => ({ noun: 'datasets', owner });
/** How long an upload may take, in seconds. */
export const UPLOAD_SECONDS = 3600;

/** Where an upload, or what was sent inline, lies until its check. */
export const sourceKeyOf = (projectId: string, id: string): string =>
  `projects/${projectId}/datasets/${id}/source.csv`;

/** What a worker needs to check a dataset. */
export interface DatasetCheck {
  readonly id: string;
  readonly projectId: string;
  readonly objectKey: string;
  readonly columnTypes: Readonly<Record<string, ColumnType>>;
  readonly expectedBytes: number | null;
  readonly expectedSha256: string | null;
}

/** A row as clients see it. */
export function toDataset(row: DatasetRow, upload: UploadPlan | null = null): Dataset {
  return {
    id: row.id,
    name: row.name,
    state: datasetStateSchema.parse(row.state),
    format: 'csv',
    bytes: row.bytes,
    sha256: row.sha256,
    rowCount: row.row_count,
    columns: datasetColumnSchema.array().nullable().parse(row.columns),
    problems: problemItemSchema.array().parse(row.problems),
    upload,
    createdAt: row.created_at.toISOString(),
    updatedAt: row.updated_at.toISOString(),
  };
}

@Injectable()
export class Datasets {
  constructor(
    private readonly database: Database,
    private readonly datasets: DatasetRepository,
    private readonly storage: Storage,
    private readonly queues: Queues,
    private readonly logger: Logger,
    private readonly idempotency: Idempotency,
  ) {}

  /** Stores inline rows and begins their check, or plans an upload. */
  async create(principal: Principal, input: CreateDataset): Promise<Dataset> {
    requireScope(principal, 'write');
    const { projectId } = principal;
    const id = newId('dataset');
    const objectKey = sourceKeyOf(projectId, id);
    const inline = 'rows' in input ? inlineToCsv(input) : null;
    let upload: UploadPlan | null = null;
    if (inline) await this.storage.putBytes(objectKey, inline);
    else {
      const url = await this.storage.presignPut(objectKey, UPLOAD_SECONDS);
      upload = { method: 'PUT', url, expiresAt: new Date(Date.now() + UPLOAD_SECONDS * 1000).toISOString() };
    }
    const dataset = await this.database.asProject(projectId, async () => {
      const row = await this.datasets.insert({
        id,
        projectId,
        name: input.name,
        state: inline ? 'checking' : 'uploading',
        objectKey,
        columnTypes: input.columnTypes ?? {},
        expectedBytes: inline?.byteLength ?? ('upload' in input ? input.upload.bytes : null),
        expectedSha256: 'upload' in input ? (input.upload.sha256 ?? null) : null,
      });
      const made = toDataset(row, upload);
      await this.idempotency.keep(made);
      return made;
    });
    if (inline) await this.#queueCheck(id);
    return dataset;
  }

  /** The upload is there: begins the check. Again is no error. Throws UPLOAD_INCOMPLETE. */
  async complete(principal: Principal, id: string): Promise<Dataset> {
    requireScope(principal, 'write');
    const row = await this.#find(principal, id);
    if (row.state !== 'uploading') return toDataset(row);
    const stored = await this.storage.stat(row.object_key);
    if (stored?.bytes !== row.expected_bytes) {
      const detail = `${stored?.bytes ?? 0} of ${row.expected_bytes ?? 0} bytes have arrived: PUT the whole file to the upload URL, then complete again.`;
      throw new GradstreamError('UPLOAD_INCOMPLETE', detail);
    }
    const { projectId } = principal;
    const begun = await this.database.asProject(projectId, () => this.datasets.beginCheck(projectId, id));
    await this.#queueCheck(id);
    return toDataset(begun ?? (await this.#find(principal, id)));
  }

  async get(principal: Principal, id: string): Promise<Dataset> {
    requireScope(principal, 'read');
    return toDataset(await this.#find(principal, id));
  }

  async list(principal: Principal, query: PageQuery): Promise<Page<Dataset>> {
    requireScope(principal, 'read');
    const keyset = toKeyset(listOf(principal), query);
    const rows = await this.database.asProject(principal.projectId, () =>
      this.datasets.list(principal.projectId, keyset),
    );
    return toPage(listOf(principal), rows, query, (row) => toDataset(row));
  }

  /** For workers: what to check; null when the dataset no longer waits for it. */
  async claimCheck(id: string): Promise<DatasetCheck | null> {
    const row = await this.database.asSystem(() => this.datasets.findChecking(id));
    if (!row) return null;
    return {
      id: row.id,
      projectId: row.project_id,
      objectKey: row.object_key,
      columnTypes: z.record(z.string(), columnTypeSchema).parse(row.column_types),
      expectedBytes: row.expected_bytes,
      expectedSha256: row.expected_sha256,
    };
  }

  /** For workers: the check found nothing wrong. */
  async markReady({ id, projectId }: DatasetCheck, checked: CheckedDataset): Promise<void> {
    await this.database.asProject(projectId, () => this.datasets.markReady(projectId, id, checked));
  }

  /** For workers: the check found these problems. */
  async markRejected({ id, projectId }: DatasetCheck, problems: readonly ProblemItem[]): Promise<void> {
    await this.database.asProject(projectId, () =>
      this.datasets.markRejected(projectId, id, problems.slice(0, 100)),
    );
  }

  async #find({ projectId }: Principal, id: string): Promise<DatasetRow> {
    const row = await this.database.asProject(projectId, () =>
      this.datasets.find(projectId, checkId('dataset', id)),
    );
    if (!row) throw notFound('dataset', id);
    return row;
  }

  /** Queues the check; when the queue is away, the reconciler does it later. */
  async #queueCheck(datasetId: string): Promise<void> {
    try {
      await this.queues.add('datasets', datasetId, { datasetId });
    } catch (error) {
      this.logger.log.warn({ err: error, datasetId }, 'the check will be queued later');
    }
  }
}
