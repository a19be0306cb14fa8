// `gradstream datasets …`

import { InvalidArgumentError, type Command } from 'commander';
import path from 'node:path';
import { connect } from '../connection.js';
import { formatOf, FORMATS, openFile, type FileFormat } from '../datasetFiles.js';
import { printJson, printTable } from '../output.js';

interface CreateOptions {
  readonly name?: string;
  readonly format?: FileFormat;
  readonly type?: Record<string, ColumnType>;
  readonly parts?: boolean;
  readonly resume?: string;
}

const TYPES = ['numeric', 'categorical', 'text', 'timestamp', 'image', 'array'] as const;
type ColumnType = (typeof TYPES)[number];

function parseFormat(text: string): FileFormat {
  const found = FORMATS.find((format) => format === text);
  if (found === undefined) throw new InvalidArgumentError(`It is one of ${FORMATS.join(', ')}.`);
  return found;
}

/** `column=type`, as often as there are columns. */
function parseType(text: string, before: Record<string, ColumnType> = {}): Record<string, ColumnType> {
  const at = text.lastIndexOf('=');
  const type = TYPES.find((one) => one === text.slice(at + 1));
  if (at < 1 || type === undefined)
    throw new InvalidArgumentError(`It is COLUMN=TYPE, with a type of ${TYPES.join(', ')}.`);
  return { ...before, [text.slice(0, at)]: type };
}

async function create(file: string, { name, format, type, parts, resume }: CreateOptions): Promise<void> {
  const source = await openFile(file);
  const { datasets } = connect();
  const onProgress = (bytes: number): void => {
    console.error(`${bytes} of ${source.bytes} bytes have arrived`);
  };
  try {
    const dataset =
      resume === undefined
        ? await datasets.upload(name ?? path.basename(file), source, {
            format: format ?? formatOf(file),
            onProgress,
            ...(type ? { columnTypes: type } : {}),
            ...(parts === true ? { multipart: true as const } : {}),
          })
        : await datasets.resume(resume, source, { onProgress });
    console.log(`${dataset.id}: ${dataset.rowCount ?? 0} rows`);
    const rows = (dataset.columns ?? []).map((column) => [
      column.name,
      column.type,
      String(column.missing),
      String(column.distinct ?? 'many'),
    ]);
    printTable(['column', 'type', 'missing', 'distinct'], rows);
  } finally {
    await source.close();
  }
}

/** `gradstream datasets …` */
export function addDatasetCommands(program: Command): void {
  const datasets = program.command('datasets').description('datasets of the project');
  datasets
    .command('create <file>')
    .description('upload a file and wait for its check')
    .option('--name <name>', "the file's name unless said otherwise")
    .option(
      '--format <format>',
      `${FORMATS.join(', ')}; by the file's name unless said otherwise`,
      parseFormat,
    )
    .option(
      '--type <column=type>',
      'the type of a column, which is inferred otherwise; repeatable',
      parseType,
    )
    .option('--parts', 'send it in parts, which can be resumed; files above 1 GiB always are')
    .option('--resume <id>', 'go on with the upload in parts of this dataset')
    .action(create);
  datasets.command('list').action(async () => {
    const { data } = await connect().datasets.list({ limit: 50 });
    const rows = data.map((dataset) => [
      dataset.id,
      dataset.name,
      dataset.state,
      dataset.format,
      String(dataset.rowCount ?? ''),
      dataset.createdAt,
    ]);
    printTable(['id', 'name', 'state', 'format', 'rows', 'created'], rows);
  });
  datasets.command('get <id>').action(async (id: string) => {
    printJson(await connect().datasets.get(id));
  });
  datasets
    .command('preview <id>')
    .description('the first rows')
    .option('--rows <count>', 'up to 100', Number, 20)
    .action(async (id: string, { rows: count }: { rows: number }) => {
      const { columns, rows } = await connect().datasets.preview(id, { rows: count });
      printTable(
        columns,
        rows.map((row) => row.map((value) => String(value ?? ''))),
      );
    });
  datasets
    .command('stats <id>')
    .description('statistics of each column, as JSON')
    .action(async (id: string) => {
      printJson(await connect().datasets.stats(id));
    });
  datasets.command('delete <id>').action(async (id: string) => {
    const { name } = await connect().datasets.delete(id);
    console.log(`deleted ${id} (${name})`);
  });
}
