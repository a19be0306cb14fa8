// From a file that is open to shards, statistics and a preview, in one reading and in bounded memory: what a reader holds,
// one shard, and the statistics.

import type { FeatureStatistics, FeatureType, ShardColumn, ShardIndex } from '@gradstream/contracts';
import { DEFAULT_LIMITS, type ReadLimits } from '../readers/limits.js';
import { ProblemList, rejected, unreadable } from '../readers/problems.js';
import type { Batch, TableSource } from '../readers/source.js';
import { ShardBuffer, type ShardSize } from '../shards/buffer.js';
import { ShardWriter } from '../shards/writer.js';
import { createEncoders } from './encoders.js';
import type { ColumnEncoder } from './encoder.js';
import { checkNames } from './names.js';
import { previewRows, type PreviewCell } from './preview.js';
import { joinErrors } from './errors.js';
import { Sample } from './sample.js';

export interface IngestOptions {
  /** Where the shards go: a folder of this dataset alone. */
  readonly folder: string;
  /** Types that are not to be inferred, by the column's name. */
  readonly columnTypes?: Readonly<Record<string, FeatureType>>;
  readonly limits?: ReadLimits;
  /** 2^20 rows or 32 MiB, unless said otherwise. */
  readonly shards?: ShardSize;
}

export interface Ingested {
  readonly index: ShardIndex;
  readonly statistics: readonly FeatureStatistics[];
  /** The first rows, as the file has them. */
  readonly preview: readonly (readonly PreviewCell[])[];
}

/** Rows of a preview, of which fewer may be shown. */
const PREVIEW_ROWS = 100;

/** Rows on their way into shards. */
class Ingestion {
  readonly problems = new ProblemList();
  readonly #writer: ShardWriter;
  readonly #limits: ReadLimits;
  readonly #sample = new Sample();
  #encoders: readonly ColumnEncoder[] | null = null;
  #buffer: ShardBuffer | null = null;
  #rows = 0;

  constructor(
    private readonly source: TableSource,
    private readonly options: IngestOptions,
  ) {
    this.#writer = new ShardWriter(options.folder);
    this.#limits = options.limits ?? DEFAULT_LIMITS;
  }

  get encoders(): readonly ColumnEncoder[] {
    return this.#encoders ?? [];
  }

  /** The first batches until types are known, then each batch at once. */
  async take(batch: Batch): Promise<void> {
    if (this.#encoders !== null) {
      await this.#encode(batch);
      return;
    }
    if (this.#sample.add(batch)) await this.settle();
  }

  /** Settles the types, and encodes what they were settled by. */
  async settle(): Promise<void> {
    if (this.#encoders !== null) return;
    this.#encoders = createEncoders(
      this.source.columns,
      this.#sample.batches,
      this.options.columnTypes ?? {},
      this.problems,
    );
    this.#buffer = new ShardBuffer(this.#columns(), this.options.shards);
    for (const batch of this.#sample.release()) await this.#encode(batch);
  }

  /** Throws DATASET_REJECTED when there were problems. */
  async finish(): Promise<ShardIndex> {
    if (this.#rows === 0 && this.problems.count === 0)
      this.problems.add({ code: 'noRows', message: 'the file has no rows', hint: 'Upload one that has' });
    if (this.problems.count > 0) throw rejected(this.problems);
    if (this.#buffer !== null) await this.#writer.write(this.#buffer);
    return this.#writer.finish(this.#columns());
  }

  discard(): Promise<void> {
    return this.#writer.discard();
  }

  #columns(): ShardColumn[] {
    return this.encoders.map((encoder) => encoder.column());
  }

  async #encode(batch: Batch): Promise<void> {
    const buffer = this.#buffer;
    if (buffer === null) return;
    for (let from = 0; from < batch.rows;) {
      const to = Math.min(batch.rows, from + buffer.room);
      this.#encodeRows(batch, from, to, buffer);
      from = to;
      // With problems nothing is kept: the rest is read to list what else is wrong.
      if (this.problems.count > 0) buffer.clear();
      else if (buffer.full) await this.#writer.write(buffer);
    }
    this.#rows += batch.rows;
    const { maxRows, maxStoredBytes } = this.#limits;
    if (this.#rows <= maxRows && this.#writer.bytes <= maxStoredBytes) return;
    const message = `there are more than ${maxRows} rows, or ${maxStoredBytes} bytes as they are stored`;
    throw unreadable({ code: 'tooLarge', message, hint: 'Upload fewer rows' });
  }

  #encodeRows({ columns, lines }: Batch, from: number, to: number, buffer: ShardBuffer): void {
    const slice = { from, to, at: buffer.rows };
    const { problems } = this;
    this.encoders.forEach((encoder, index) => {
      const [values, target] = [columns[index], buffer.columns[index]];
      if (values === undefined || target === undefined) return;
      const name = this.source.columns[index]?.name ?? '';
      encoder.encode(values, slice, target, {
        problems,
        lines,
        firstRow: this.#rows,
        column: index + 1,
        name,
      });
    });
    buffer.rows += to - from;
  }
}

/**
 * Reads a source to its end, stores it, and closes the source. Throws DATASET_REJECTED with the first hundred problems, DATASET_UNREADABLE when
 * the file cannot be read to its end, and errors of the disk as they are; none of them leaves a dataset in the folder.
 */
export async function ingest(source: TableSource, options: IngestOptions): Promise<Ingested> {
  const ingestion = new Ingestion(source, options);
  const preview: PreviewCell[][] = [];
  try {
    checkNames(source.columns);
    for await (const batch of source.batches(ingestion.problems)) {
      if (batch.rows === 0) continue;
      preview.push(...previewRows(batch, PREVIEW_ROWS - preview.length));
      await ingestion.take(batch);
    }
    await ingestion.settle();
    // Before the index is written: a source that cannot be closed leaves no dataset.
    await source.close();
    const index = await ingestion.finish();
    return { index, statistics: ingestion.encoders.map((encoder) => encoder.statistics()), preview };
  } catch (error) {
    // What went wrong first is told; that it could not be tidied up after, is not.
    await Promise.allSettled([source.close(), ingestion.discard()]);
    throw joinErrors(ingestion.problems, error);
  }
}
