// Datasets: from inline rows or an upload to the check that a worker makes; and reading them.

import type {
  CompleteDataset,
  CreateDataset,
  Dataset,
  DatasetListQuery,
  MultipartPlan,
  Page,
} from '@gradstream/contracts';
import { Database, DatasetRepository, DeletedObjectRepository, type DatasetRow } from '@gradstream/data';
import { Injectable } from '@nestjs/common';
import { toKeyset, toPage, type CursorList } from '../common/cursor.js';
import { checkId, newId, notFound } from '../common/ids.js';
import { requireScope, type Principal } from '../common/principal.js';
import { UNCOMMITTED_MS } from '../common/uncommitted.js';
import { Idempotency } from '../idempotency/idempotency.js';
import { inlineToCsv } from './csv.js';
import { sourceKeyOf, toDataset } from './map.js';
import { DatasetQueue } from './queue.js';
import { DatasetUploads } from './uploads.js';

const listOf = ({ projectId: owner }: Principal): CursorList => ({ noun: 'datasets', owner });

@Injectable()
export class Datasets {
  constructor(
    private readonly database: Database,
    private readonly datasets: DatasetRepository,
    private readonly uploads: DatasetUploads,
    private readonly queue: DatasetQueue,
    private readonly idempotency: Idempotency,
    private readonly objects: DeletedObjectRepository,
  ) {}

  /** Stores inline rows and begins their check, or plans an upload. */
  async create(principal: Principal, input: CreateDataset): Promise<Dataset> {
    requireScope(principal, 'write');
    const { projectId } = principal;
    const id = newId('dataset');
    const objectKey = sourceKeyOf(projectId, id);
    const { parts, ...plans } =
      'rows' in input
        ? { parts: null, upload: null, multipart: null }
        : await this.uploads.plan(objectKey, input.upload);
    const inline = 'rows' in input ? inlineToCsv(input) : null;
    if (inline) await this.#store(projectId, objectKey, inline);
    const dataset = await this.database.asProject(projectId, async () => {
      if (inline) await this.objects.keep(projectId, [objectKey]);
      const row = await this.datasets.insert({
        id,
        projectId,
        name: input.name,
        state: inline ? 'checking' : 'uploading',
        objectKey,
        parts,
        columnTypes: input.columnTypes ?? {},
        ...('upload' in input
          ? {
              format: input.upload.format,
              options: { images: input.upload.images ?? null },
              expectedBytes: input.upload.bytes,
              expectedSha256: input.upload.sha256 ?? null,
            }
          : { format: 'csv', options: {}, expectedBytes: inline?.byteLength ?? null, expectedSha256: null }),
      });
      const made = toDataset(row, plans);
      await this.idempotency.keep(made);
      return made;
    });
    if (inline) await this.queue.add(id);
    return dataset;
  }

  /** Stores rows; noted before, so that they are removed when no dataset comes to hold them. */
  async #store(projectId: string, objectKey: string, content: Buffer): Promise<void> {
    const removeAfter = new Date(Date.now() + UNCOMMITTED_MS);
    await this.database.asProject(projectId, () => this.objects.plan(projectId, [objectKey], removeAfter));
    await this.uploads.store(objectKey, content);
  }

  /** Which parts of an upload have arrived, and where to send the others. Throws UPLOAD_INCOMPLETE when it has no parts. */
  async resumeUpload(principal: Principal, id: string): Promise<MultipartPlan> {
    requireScope(principal, 'write');
    return this.uploads.resume(await this.#find(principal, id));
  }

  /** The upload is there: begins the check. Again is no error. Throws UPLOAD_INCOMPLETE. */
  async complete(principal: Principal, id: string, input: CompleteDataset): Promise<Dataset> {
    requireScope(principal, 'write');
    const row = await this.#find(principal, id);
    if (row.state !== 'uploading') return toDataset(row);
    await this.uploads.finish(row, input);
    const { projectId } = principal;
    const begun = await this.database.asProject(projectId, () => this.datasets.beginCheck(projectId, id));
    await this.queue.add(id);
    return toDataset(begun ?? (await this.#find(principal, id)));
  }

  async get(principal: Principal, id: string): Promise<Dataset> {
    requireScope(principal, 'read');
    return toDataset(await this.#find(principal, id));
  }

  async list(principal: Principal, query: DatasetListQuery): Promise<Page<Dataset>> {
    requireScope(principal, 'read');
    const keyset = toKeyset(listOf(principal), query);
    const rows = await this.database.asProject(principal.projectId, () =>
      this.datasets.list(principal.projectId, keyset, query),
    );
    return toPage(listOf(principal), rows, query, (row) => toDataset(row));
  }

  async #find({ projectId }: Principal, id: string): Promise<DatasetRow> {
    const row = await this.database.asProject(projectId, () =>
      this.datasets.find(projectId, checkId('dataset', id)),
    );
    if (!row) throw notFound('dataset', id);
    return row;
  }
}
