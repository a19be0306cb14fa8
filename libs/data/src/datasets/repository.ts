// SQL of datasets.

import type { DatasetFilter, DatasetFormat, DatasetState } from '@gradstream/contracts';
import { Injectable } from '@nestjs/common';
import { sql, type Selectable } from 'kysely';
import { Database } from '../database.js';
import type { Datasets } from '../generated/schema.js';
import { jsonb } from '../json.js';
import type { Keyset } from '../pages.js';

/** What is known of a dataset but the contents, which are large, and the count of its checks. */
export type DatasetRow = Omit<
  Selectable<Datasets>,
  'statistics' | 'preview' | 'failed_checks' | 'check_not_before'
>;

const COLUMNS = [
  ...(['id', 'project_id', 'name', 'state', 'format', 'options', 'object_key', 'column_types'] as const),
  ...(['expected_bytes', 'expected_sha256', 'upload_id', 'part_bytes', 'bytes', 'sha256'] as const),
  ...(['files', 'content_sha256', 'row_count', 'columns', 'problems', 'created_at', 'updated_at'] as const),
];

const MAY_BE_CHECKED = sql<boolean>`coalesce(check_not_before <= now(), true)`;

export interface NewDatasetRow {
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  readonly state: DatasetState;
  readonly format: DatasetFormat;
  /** How the file is read. */
  readonly options: unknown;
  readonly objectKey: string;
  /** Of an upload in parts. */
  readonly parts: { readonly uploadId: string; readonly partBytes: number } | null;
  readonly columnTypes: Readonly<Record<string, string>>;
  readonly expectedBytes: number | null;
  readonly expectedSha256: string | null;
}

/** A file of a dataset in the storage. */
export interface DatasetFile {
  readonly name: string;
  readonly objectKey: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface CheckedDataset {
  /** Its shards and their index. */
  readonly files: readonly DatasetFile[];
  readonly contentSha256: string;
  readonly rows: number;
  readonly columns: unknown;
  readonly statistics: unknown;
  readonly preview: unknown;
  /** Of the file that was uploaded. */
  readonly bytes: number;
  readonly sha256: string;
}

@Injectable()
export class DatasetRepository {
  constructor(private readonly database: Database) {}

  async insert(dataset: NewDatasetRow): Promise<DatasetRow> {
    return this.database.query
      .insertInto('datasets')
      .values({
        id: dataset.id,
        project_id: dataset.projectId,
        name: dataset.name,
        state: dataset.state,
        format: dataset.format,
        options: jsonb(dataset.options),
        object_key: dataset.objectKey,
        upload_id: dataset.parts?.uploadId ?? null,
        part_bytes: dataset.parts?.partBytes ?? null,
        column_types: jsonb(dataset.columnTypes),
        expected_bytes: dataset.expectedBytes,
        expected_sha256: dataset.expectedSha256,
      })
      .returning(COLUMNS)
      .executeTakeFirstOrThrow();
  }

  async list(
    projectId: string,
    { before, limit }: Keyset,
    { sha256 }: DatasetFilter = {},
  ): Promise<DatasetRow[]> {
    return this.database.query
      .selectFrom('datasets')
      .select(COLUMNS)
      .where('project_id', '=', projectId)
      .$if(before !== null, (query) => query.where('id', '<', before ?? ''))
      .$if(sha256 !== undefined, (query) => query.where('sha256', '=', sha256 ?? ''))
      .orderBy('id', 'desc')
      .limit(limit)
      .execute();
  }

  async find(projectId: string, id: string): Promise<DatasetRow | undefined> {
    return this.database.query
      .selectFrom('datasets')
      .select(COLUMNS)
      .where('project_id', '=', projectId)
      .where('id', '=', id)
      .executeTakeFirst();
  }

  /** The statistics and the first rows, as the check found them. */
  async findContents(
    projectId: string,
    id: string,
  ): Promise<Pick<Selectable<Datasets>, 'statistics' | 'preview'> | undefined> {
    return this.database.query
      .selectFrom('datasets')
      .select(['statistics', 'preview'])
      .where('project_id', '=', projectId)
      .where('id', '=', id)
      .executeTakeFirst();
  }

  /** From `uploading` to `checking`; undefined when it is in another state. */
  async beginCheck(projectId: string, id: string): Promise<DatasetRow | undefined> {
    return this.database.query
      .updateTable('datasets')
      .set({ state: 'checking', updated_at: new Date() })
      .where('project_id', '=', projectId)
      .where('id', '=', id)
      .where('state', '=', 'uploading')
      .returning(COLUMNS)
      .executeTakeFirst();
  }

  /** A dataset that waits for its check and may have it now, of any project. */
  async findChecking(id: string): Promise<DatasetRow | undefined> {
    return this.database.query
      .selectFrom('datasets')
      .select(COLUMNS)
      .where('id', '=', id)
      .where('state', '=', 'checking')
      .where(MAY_BE_CHECKED)
      .executeTakeFirst();
  }

  /** Ids of all that wait for their check and may have it now, of every project. */
  async listChecking(limit: number): Promise<string[]> {
    const rows = await this.database.query
      .selectFrom('datasets')
      .select('id')
      .where('state', '=', 'checking')
      .where(MAY_BE_CHECKED)
      .orderBy('id')
      .limit(limit)
      .execute();
    return rows.map((row) => row.id);
  }

  /** Datasets of every project whose upload began so many seconds ago or more, oldest first. */
  async listUploading(seconds: number, limit: number): Promise<Pick<DatasetRow, 'id' | 'project_id'>[]> {
    return this.database.query
      .selectFrom('datasets')
      .select(['id', 'project_id'])
      .where('state', '=', 'uploading')
      .where('created_at', '<=', sql<Date>`now() - make_interval(secs => ${seconds})`)
      .orderBy('created_at')
      .limit(limit)
      .execute();
  }

  /** From `checking` to `ready`; whether it was in that state. */
  async markReady(projectId: string, id: string, checked: CheckedDataset): Promise<boolean> {
    const { numUpdatedRows } = await this.database.query
      .updateTable('datasets')
      .set({
        state: 'ready',
        files: jsonb(checked.files),
        content_sha256: checked.contentSha256,
        row_count: checked.rows,
        columns: jsonb(checked.columns),
        statistics: jsonb(checked.statistics),
        preview: jsonb(checked.preview),
        bytes: checked.bytes,
        sha256: checked.sha256,
        updated_at: new Date(),
      })
      .where('project_id', '=', projectId)
      .where('id', '=', id)
      .where('state', '=', 'checking')
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  /** Counts a check that failed; returns how many have, undefined when the dataset no longer waits. Locks the row. */
  async countFailedCheck(projectId: string, id: string): Promise<number | undefined> {
    const row = await this.database.query
      .updateTable('datasets')
      .set({ failed_checks: sql<number>`failed_checks + 1` })
      .where('project_id', '=', projectId)
      .where('id', '=', id)
      .where('state', '=', 'checking')
      .returning('failed_checks')
      .executeTakeFirst();
    return row?.failed_checks;
  }

  /** Lets the check wait for so many seconds. */
  async postponeCheck(projectId: string, id: string, seconds: number): Promise<void> {
    await this.database.query
      .updateTable('datasets')
      .set({ check_not_before: sql<Date>`now() + make_interval(secs => ${seconds})` })
      .where('project_id', '=', projectId)
      .where('id', '=', id)
      .execute();
  }

  /** From `checking` to `rejected`; whether it was in that state. */
  async markRejected(projectId: string, id: string, problems: unknown): Promise<boolean> {
    return this.#reject('checking', projectId, id, problems);
  }

  /** From `uploading` to `rejected`: its file never came. */
  async markExpired(projectId: string, id: string, problems: unknown): Promise<void> {
    await this.#reject('uploading', projectId, id, problems);
  }

  async #reject(from: DatasetState, projectId: string, id: string, problems: unknown): Promise<boolean> {
    const { numUpdatedRows } = await this.database.query
      .updateTable('datasets')
      .set({ state: 'rejected', problems: jsonb(problems), updated_at: new Date() })
      .where('project_id', '=', projectId)
      .where('id', '=', id)
      .where('state', '=', from)
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }

  /** The row, locked against its deletion and changes until the transaction ends. */
  async lock(projectId: string, id: string): Promise<DatasetRow | undefined> {
    return this.database.query
      .selectFrom('datasets')
      .select(COLUMNS)
      .where('project_id', '=', projectId)
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirst();
  }

  /** Deletes the row. A run that refers to it makes this a foreign key violation. */
  async remove(projectId: string, id: string): Promise<void> {
    await this.database.query
      .deleteFrom('datasets')
      .where('project_id', '=', projectId)
      .where('id', '=', id)
      .execute();
  }
}
