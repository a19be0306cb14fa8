// SQL of datasets.

import type { DatasetState } from '@gradstream/contracts';
import { Injectable } from '@nestjs/common';
import type { Selectable } from 'kysely';
import { Database } from '../database.js';
import type { Datasets } from '../generated/schema.js';
import { jsonb } from '../json.js';
import type { Keyset } from '../pages.js';

export type DatasetRow = Selectable<Datasets>;

export interface NewDatasetRow {
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  readonly state: DatasetState;
  readonly objectKey: string;
  readonly columnTypes: Readonly<Record<string, string>>;
  readonly expectedBytes: number | null;
  readonly expectedSha256: string | null;
}

export interface CheckedDataset {
  /** Where the file is that was checked. */
  readonly objectKey: string;
  readonly rows: number;
  readonly columns: unknown;
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
        format: 'csv',
        object_key: dataset.objectKey,
        column_types: jsonb(dataset.columnTypes),
        expected_bytes: dataset.expectedBytes,
        expected_sha256: dataset.expectedSha256,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
  }

  async list(projectId: string, { before, limit }: Keyset): Promise<DatasetRow[]> {
    return this.database.query
      .selectFrom('datasets')
      .selectAll()
      .where('project_id', '=', projectId)
      .$if(before !== null, (query) => query.where('id', '<', before ?? ''))
      .orderBy('id', 'desc')
      .limit(limit)
      .execute();
  }

  async find(projectId: string, id: string): Promise<DatasetRow | undefined> {
    return this.database.query
      .selectFrom('datasets')
      .selectAll()
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
      .returningAll()
      .executeTakeFirst();
  }

  /** A dataset that waits for its check, of any project. */
  async findChecking(id: string): Promise<DatasetRow | undefined> {
    return this.database.query
      .selectFrom('datasets')
      .selectAll()
      .where('id', '=', id)
      .where('state', '=', 'checking')
      .executeTakeFirst();
  }

  /** Ids of all that wait for their check, of every project. */
  async listChecking(limit: number): Promise<string[]> {
    const rows = await this.database.query
      .selectFrom('datasets')
      .select('id')
      .where('state', '=', 'checking')
      .orderBy('id')
      .limit(limit)
      .execute();
    return rows.map((row) => row.id);
  }

  async markReady(projectId: string, id: string, checked: CheckedDataset): Promise<void> {
    await this.database.query
      .updateTable('datasets')
      .set({
        state: 'ready',
        object_key: checked.objectKey,
        row_count: checked.rows,
        columns: jsonb(checked.columns),
        bytes: checked.bytes,
        sha256: checked.sha256,
        updated_at: new Date(),
      })
      .where('project_id', '=', projectId)
      .where('id', '=', id)
      .where('state', '=', 'checking')
      .execute();
  }

  async markRejected(projectId: string, id: string, problems: unknown): Promise<void> {
    await this.database.query
      .updateTable('datasets')
      .set({ state: 'rejected', problems: jsonb(problems), updated_at: new Date() })
      .where('project_id', '=', projectId)
      .where('id', '=', id)
      .where('state', '=', 'checking')
      .execute();
  }

  /** The row, locked against its deletion and changes until the transaction ends. */
  async lock(projectId: string, id: string): Promise<DatasetRow | undefined> {
    return this.database.query
      .selectFrom('datasets')
      .selectAll()
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
