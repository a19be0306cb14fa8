// The footer of a Parquet file, and what it claims: checked against the file and the limits before anything is read.

import { GradstreamError } from '@gradstream/contracts';
import {
  parquetMetadata,
  parquetSchema,
  type ColumnMetaData,
  type FileMetaData,
  type SchemaTree,
} from 'hyparquet';
import type { FileHandle } from 'node:fs/promises';
import type { ReadLimits } from '../limits.js';
import { unreadable } from '../problems.js';

const MAX_FOOTER = 8 * 2 ** 20;
/** Bytes of one column in one row group; it is held while it is decoded. */
const MAX_CHUNK = 512 * 2 ** 20;
const MAX_ROW_GROUP = 2 ** 24;

const HINT = 'Write it again, for example with pyarrow.parquet.write_table';
export const refuse = (message: string, cause?: unknown, hint = HINT) =>
  unreadable({ code: 'parquet', message, hint }, cause);

/** A column that is read: of single values, or of lists of them. */
export interface ParquetColumn {
  readonly name: string;
  readonly maxDefinition: number;
  readonly maxRepetition: number;
}

/** A column chunk in the file. */
export interface Chunk {
  readonly start: number;
  readonly bytes: number;
  readonly values: number;
  readonly codec: string;
}

export interface RowGroupPlan {
  readonly firstRow: number;
  readonly rows: number;
  /** In the order of the columns. */
  readonly chunks: readonly Chunk[];
}

export interface ParquetPlan {
  readonly metadata: FileMetaData;
  readonly columns: readonly ParquetColumn[];
  readonly groups: readonly RowGroupPlan[];
}

async function readFooter(handle: FileHandle, size: number): Promise<FileMetaData> {
  const tail = Buffer.alloc(8);
  if (size < 12) throw refuse(`it has ${size} bytes, which is too short`);
  await handle.read(tail, 0, 8, size - 8);
  if (tail.toString('latin1', 4) !== 'PAR1')
    throw refuse('it does not end as Parquet files do: it is cut off, or none');
  const length = tail.readUInt32LE(0);
  if (length > Math.min(MAX_FOOTER, size - 12))
    throw refuse(`its footer claims ${length} bytes, the limit is ${Math.min(MAX_FOOTER, size - 12)}`);
  const footer = Buffer.from(new ArrayBuffer(length + 8));
  await handle.read(footer, 0, length + 8, size - length - 8);
  try {
    return parquetMetadata(footer, { geoparquet: false });
  } catch (cause) {
    throw refuse('its footer is damaged', cause);
  }
}

const levelsOf = (path: readonly SchemaTree[]) => ({
  maxDefinition: path.filter(({ element }) => element.repetition_type !== 'REQUIRED').length,
  maxRepetition: path.filter(({ element }) => element.repetition_type === 'REPEATED').length,
});

/** A column of the schema. Only single values, and lists of them as all writers nest them today, are read. */
function toColumn(node: SchemaTree): ParquetColumn {
  const { name, logical_type: logical, repetition_type: repetition } = node.element;
  const kind = logical?.type;
  const nested = (why: string) =>
    refuse(
      `column "${name}" ${why}`,
      undefined,
      'Keep numbers, texts, booleans, timestamps, and lists of numbers',
    );
  if (kind === 'GEOMETRY' || kind === 'GEOGRAPHY' || kind === 'VARIANT')
    throw nested(`is of the type ${kind}`);
  if (node.children.length === 0) {
    if (repetition === 'REPEATED') throw nested('is repeated without being a list');
    return { name, ...levelsOf([node]) };
  }
  const [list, ...more] = node.children;
  const [element, ...others] = list?.children ?? [];
  const isList = node.element.converted_type === 'LIST' || kind === 'LIST';
  if (!isList || list === undefined || element === undefined || more.length + others.length > 0)
    throw nested('is a structure');
  if (list.element.repetition_type !== 'REPEATED' || element.children.length > 0)
    throw nested('is a list of lists or of structures');
  return { name, ...levelsOf([node, list, element]) };
}

const countOf = (value: bigint | number | undefined, limit: number, what: string): number => {
  const count = Number(value ?? 0);
  if (Number.isInteger(count) && count >= 0 && count <= limit) return count;
  throw refuse(`it claims ${count} ${what}, the limit here is ${limit}`);
};

function toChunk(meta: ColumnMetaData | undefined, size: number): Chunk {
  if (meta === undefined) throw refuse('a column has no place in the file');
  const dictionary = Number(meta.dictionary_page_offset ?? 0n);
  const data = Number(meta.data_page_offset);
  const start = dictionary > 0 && dictionary < data ? dictionary : data;
  const bytes = countOf(meta.total_compressed_size, MAX_CHUNK, 'bytes in a column');
  if (!(start >= 4 && start + bytes <= size)) throw refuse('a column lies outside the file');
  return { start, bytes, values: countOf(meta.num_values, 2 ** 32, 'values in a column'), codec: meta.codec };
}

function toGroup(
  { columns, num_rows: claimed }: FileMetaData['row_groups'][number],
  names: readonly ParquetColumn[],
  firstRow: number,
  size: number,
): RowGroupPlan {
  const rows = countOf(claimed, MAX_ROW_GROUP, 'rows in a row group');
  if (columns.length !== names.length) throw refuse('a row group has not the columns of the schema');
  const chunks = columns.map(({ meta_data: meta, file_path: path }, index) => {
    const column = names[index];
    if (path !== undefined) throw refuse('a column lies in another file');
    if (meta?.path_in_schema[0] !== column?.name)
      throw refuse('a row group has not the columns of the schema');
    const chunk = toChunk(meta, size);
    if (column?.maxRepetition === 0 && chunk.values !== rows)
      throw refuse(`column "${column.name}" claims ${chunk.values} values in a row group of ${rows} rows`);
    return chunk;
  });
  return { firstRow, rows, chunks };
}

/** Reads and checks the footer. Throws DATASET_UNREADABLE. */
export async function planParquet(
  handle: FileHandle,
  size: number,
  limits: ReadLimits,
): Promise<ParquetPlan> {
  const metadata = await readFooter(handle, size);
  try {
    const columns = parquetSchema(metadata).children.map(toColumn);
    const names = new Set(columns.map(({ name }) => name));
    if (columns.length === 0 || columns.length > limits.maxColumns)
      throw refuse(`it has ${columns.length} columns, the limit is ${limits.maxColumns}`);
    if (names.size < columns.length) throw refuse('two columns have the same name');
    let rows = 0;
    let values = 0;
    const groups = metadata.row_groups.map((group) => {
      const plan = toGroup(group, columns, rows, size);
      rows += plan.rows;
      values += plan.chunks.reduce((sum, chunk) => sum + chunk.values, 0);
      return plan;
    });
    countOf(rows, limits.maxRows, 'rows');
    // Four bytes a value, as they are stored.
    countOf(values * 4, limits.maxStoredBytes, 'bytes of values');
    if (rows !== Number(metadata.num_rows)) throw refuse('its row groups have not the rows that it claims');
    return { metadata, columns, groups };
  } catch (error) {
    if (error instanceof GradstreamError) throw error;
    throw refuse('its footer contradicts itself', error);
  }
}
