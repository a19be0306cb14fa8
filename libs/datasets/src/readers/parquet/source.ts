// Parquet files as tables. hyparquet decodes; what it is given to decode has been checked (pages.ts).

import { parquetScan, type AsyncBuffer } from 'hyparquet';
import { open, type FileHandle } from 'node:fs/promises';
import type { ReadLimits } from '../limits.js';
import { asRefusal } from '../problems.js';
import type { BatchColumn, Cell, TableSource } from '../source.js';
import { compressors } from './codecs.js';
import { planParquet, refuse, type ParquetColumn, type ParquetPlan, type RowGroupPlan } from './metadata.js';
import { checkPages } from './pages.js';

/** Values of a batch over all columns. More columns make shorter batches, each of which reads its columns anew. */
const BATCH_VALUES = 2 ** 22;
const MIN_ROWS = 256;

async function readBytes(handle: FileHandle, start: number, bytes: number): Promise<ArrayBuffer> {
  const buffer = new ArrayBuffer(bytes);
  const { bytesRead } = await handle.read(new Uint8Array(buffer), 0, bytes, start);
  if (bytesRead < bytes) throw refuse('it became shorter while it was read');
  return buffer;
}

/** A value of hyparquet as a cell. Throws DATASET_UNREADABLE for structures. */
function toCell(value: unknown, name: string): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string' || typeof value === 'number') return value;
  if (typeof value === 'bigint' || typeof value === 'boolean' || value instanceof Date) return value;
  if (Array.isArray(value)) return value.map((one) => toCell(one, name));
  throw refuse(`column "${name}" has values that are neither numbers, texts, moments nor lists`);
}

/** Decodes some rows of a column. */
async function readColumn(
  read: (column: string, from: number, to: number) => Promise<ArrayLike<unknown>>,
  { name }: ParquetColumn,
  from: number,
  to: number,
): Promise<BatchColumn> {
  let values: ArrayLike<unknown>;
  try {
    values = await read(name, from, to);
  } catch (cause) {
    throw asRefusal(cause, (why) => refuse(`column "${name}" is damaged: ${why}`, cause));
  }
  if (values.length !== to - from) throw refuse(`column "${name}" has not as many rows as it claims`);
  return { kind: 'cells', cells: Array.from(values, (value) => toCell(value, name)) };
}

/** Checks every page of a row group, one column at a time. */
async function checkGroup(
  handle: FileHandle,
  { chunks }: RowGroupPlan,
  columns: readonly ParquetColumn[],
): Promise<void> {
  for (const [index, chunk] of chunks.entries()) {
    const column = columns[index];
    if (column === undefined) continue;
    const bytes = new Uint8Array(await readBytes(handle, chunk.start, chunk.bytes));
    try {
      checkPages(bytes, { ...column, codec: chunk.codec, values: chunk.values });
    } catch (cause) {
      throw refuse(
        `column "${column.name}": ${cause instanceof Error ? cause.message : String(cause)}`,
        cause,
      );
    }
  }
}

function toSource(handle: FileHandle, size: number, { metadata, columns, groups }: ParquetPlan): TableSource {
  const file: AsyncBuffer = {
    byteLength: size,
    slice: (start, end = size) => readBytes(handle, start, end - start),
  };
  return {
    columns: columns.map(({ name }) => ({ name, fixed: null })),
    close: () => handle.close(),
    async *batches() {
      try {
        for (const group of groups) {
          if (group.rows === 0) continue;
          await checkGroup(handle, group, columns);
          const values = group.chunks.reduce((sum, chunk) => sum + chunk.values, 0);
          const step = Math.max(MIN_ROWS, Math.floor((BATCH_VALUES * group.rows) / Math.max(1, values)));
          const end = group.firstRow + group.rows;
          for (let from = group.firstRow; from < end; from += step) {
            const to = Math.min(end, from + step);
            // One for each batch: it keeps the last values of each column.
            const scan = await parquetScan({
              file,
              metadata,
              compressors,
              useOffsetIndex: false,
              geoparquet: false,
            });
            const read = (column: string, rowStart: number, rowEnd: number) =>
              scan.readColumn({ column, rowStart, rowEnd });
            const batch: BatchColumn[] = [];
            for (const column of columns) batch.push(await readColumn(read, column, from, to));
            yield { rows: to - from, columns: batch, lines: null };
          }
        }
      } finally {
        await handle.close();
      }
    },
  };
}

/** Opens a Parquet file by its footer. Throws DATASET_UNREADABLE, and errors of the disk. */
export async function openParquet(path: string, limits: ReadLimits): Promise<TableSource> {
  const handle = await open(path);
  try {
    const { size } = await handle.stat();
    return toSource(handle, size, await planParquet(handle, size, limits));
  } catch (error) {
    await handle.close();
    throw error;
  }
}
