// `gradstream datasets …`

import { datasetFormats, GradstreamError, type Dataset, type DatasetFormat } from '@gradstream/sdk';
import { InvalidArgumentError, type Command } from 'commander';
import { typeOption, type ColumnTypes } from '../columnTypes.js';
import { connect } from '../connection.js';
import { columnLines, datasetLines } from '../datasetText.js';
import { formatBytes, formatNumber, formatTime } from '../format.js';
import { addPageOptions, pageOf, parseCount, printPage, type PageChoices } from '../lists.js';
import { CALL, printJson, printTable } from '../output.js';
import { withExample } from '../options.js';
import { upload } from '../upload.js';

interface CreateOptions {
  readonly name?: string;
  readonly format?: DatasetFormat;
  readonly type?: ColumnTypes;
  readonly parts?: boolean;
  readonly resume?: string;
}

function parseFormat(text: string): DatasetFormat {
  const found = datasetFormats.find((format) => format === text);
  if (found === undefined) throw new InvalidArgumentError(`It is one of ${datasetFormats.join(', ')}.`);
  return found;
}

async function send(file: string, { type, ...choices }: CreateOptions): Promise<void> {
  const client = connect();
  const dataset = await upload(client, file, { ...choices, ...(type ? { columnTypes: type } : {}) });
  for (const line of datasetLines(dataset)) console.log(line);
  for (const line of columnLines(await client.datasets.stats(dataset.id))) console.log(line);
}

/** Deletes a dataset; a refusal that force would overcome says so. */
async function remove(id: string, force: boolean): Promise<Dataset> {
  try {
    return await connect().datasets.delete(id, { force });
  } catch (error) {
    if (force || !(error instanceof GradstreamError) || error.code !== 'IN_USE') throw error;
    const hint = `To delete it all the same, once they have ended: ${CALL} datasets delete ${id} --force`;
    throw new GradstreamError(error.code, `${error.detail} ${hint}`, { cause: error });
  }
}

async function show(id: string, { json }: { json?: boolean }): Promise<void> {
  const { datasets } = connect();
  const dataset = await datasets.get(id);
  const stats = dataset.state === 'ready' ? await datasets.stats(id) : null;
  if (json) {
    printJson({ ...dataset, statistics: stats?.columns ?? null });
    return;
  }
  for (const line of [...datasetLines(dataset), ...(stats ? columnLines(stats) : [])]) console.log(line);
}

async function preview(id: string, { rows: count }: { rows: number }): Promise<void> {
  const { columns, rows } = await connect().datasets.preview(id, { rows: count });
  const cells = rows.map((row) =>
    row.map((value) => (typeof value === 'number' ? formatNumber(value) : String(value ?? ''))),
  );
  printTable(columns, cells);
}

async function list(choices: PageChoices): Promise<void> {
  printPage(choices, {
    page: await connect().datasets.list(pageOf(choices)),
    header: ['id', 'name', 'state', 'format', 'rows', 'columns', 'size', 'created'],
    flexible: ['name'],
    toRow: ({ id, name, state, format, rowCount, columns, bytes, createdAt }) => [
      ...[id, name, state, format, String(rowCount ?? ''), String(columns?.length ?? '')],
      ...[bytes === null ? '' : formatBytes(bytes), formatTime(createdAt)],
    ],
    empty: `No datasets yet. Upload one: ${CALL} datasets upload FILE`,
  });
}

/** `gradstream datasets …` */
export function addDatasetCommands(program: Command): void {
  const datasets = program.command('datasets').description('datasets of the project');
  withExample(datasets, 'datasets upload data.csv');
  const sending = datasets
    .command('upload <file>')
    .alias('create')
    .description('upload a file and wait for its check')
    .option('--name <name>', "the file's name unless said otherwise")
    .option(
      '--format <format>',
      `${datasetFormats.join(', ')}; by the file's name unless said otherwise`,
      parseFormat,
    )
    .addOption(typeOption())
    .option('--parts', 'send it in parts, which can be resumed; files above 1 GiB always are')
    .option('--resume <id>', 'go on with the upload in parts of this dataset')
    .action(send);
  withExample(sending, 'datasets upload reviews.csv --type review=text');
  const listing = datasets.command('list').description('datasets, newest first').action(list);
  withExample(addPageOptions(listing), 'datasets list --limit 10');
  const get = datasets
    .command('get <id>')
    .alias('show')
    .description('its state, and statistics of each column')
    .option('--json', 'print JSON')
    .action(show);
  withExample(get, 'datasets get ds_…');
  const first = datasets
    .command('preview <id>')
    .description('the first rows')
    .option('--rows <count>', 'up to 100', parseCount, 20)
    .action(preview);
  withExample(first, 'datasets preview ds_… --rows 5');
  const stats = datasets
    .command('stats <id>')
    .description('statistics of each column, as JSON')
    .action(async (id: string) => {
      printJson(await connect().datasets.stats(id));
    });
  withExample(stats, 'datasets stats ds_…');
  const deletion = datasets
    .command('delete <id>')
    .description('delete a dataset that no run refers to')
    .option('--force', 'although runs that have ended refer to it; they stay, and cannot start again')
    .action(async (id: string, { force = false }: { force?: boolean }) => {
      console.log(`deleted ${id} (${(await remove(id, force)).name})`);
    });
  withExample(deletion, 'datasets delete ds_…');
}
