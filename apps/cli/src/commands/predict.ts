// `gradstream predict`: what a checkpoint says of the rows of a file, or of a dataset.

import type { Command } from 'commander';
import {
  MAX_PREDICTION_BYTES,
  MAX_PREDICTION_ROWS,
  type Checkpoint,
  type Gradstream,
  type PredictionInput,
  type Predictions,
} from '@gradstream/sdk';
import { findLastCheckpoint } from '../checkpoints.js';
import { connect } from '../connection.js';
import { UsageError } from '../exitCodes.js';
import { formatNumber } from '../format.js';
import { withExample } from '../options.js';
import { printJsonLine, printTable } from '../output.js';
import { batchesOf, onlyColumns, readRows } from '../rows.js';

/** Of one request: as much as the server takes, with room for the object around the rows. */
const LIMITS = { rows: MAX_PREDICTION_ROWS, bytes: MAX_PREDICTION_BYTES - 1024 };

interface PredictOptions {
  readonly rows?: string;
  readonly dataset?: string;
  readonly json?: boolean;
}

/** The requests for all rows of a file. */
async function* fromFile(file: string, columns: readonly string[]): AsyncGenerator<PredictionInput> {
  const { rows, left } = onlyColumns(await readRows(file), columns);
  if (left.length > 0) console.error(`Not used, for the run does not: ${left.join(', ')}.`);
  if (rows.length === 0) throw new Error(`${file} has no rows: nothing to predict for.`);
  for (const batch of batchesOf(rows, LIMITS)) yield { rows: batch };
}

/** A checkpoint by its id, or by that of a run: then its last one. */
const findCheckpoint = (client: Gradstream, id: string): Promise<Checkpoint> =>
  id.startsWith('run_') ? findLastCheckpoint(client, id) : client.checkpoints.get(id);

async function* pages(
  client: Gradstream,
  { id: checkpoint, runId }: Checkpoint,
  { rows, dataset }: PredictOptions,
): AsyncGenerator<Predictions> {
  if (rows !== undefined) {
    const { inputColumns } = (await client.runs.get(runId)).spec;
    const columns = inputColumns.flatMap((column) => column);
    for await (const input of fromFile(rows, columns))
      yield await client.checkpoints.predict(checkpoint, input);
    return;
  }
  for (let after: string | null = null, more = true; more;) {
    const page: PredictionInput = { dataset: dataset ?? '', ...(after === null ? {} : { after }) };
    const answer: Predictions = await client.checkpoints.predict(checkpoint, page);
    yield answer;
    ({ nextCursor: after, hasMore: more } = answer);
  }
}

type Output = Pick<Predictions['outputs'][number], 'name' | 'classes' | 'data'>;

/** Whether its answers are classes with probabilities. */
const hasProbabilities = ({ data }: Pick<Output, 'data'>): boolean =>
  data.some(({ probability }) => probability !== null);

/** A class or values, and the probability where there are some. */
function cellsOf(output: Output, at: number): string[] {
  const one = output.data[at];
  const value = one?.class ?? one?.values.map(formatNumber).join(', ') ?? '';
  if (!hasProbabilities(output)) return [value];
  const probability = one?.probability ?? null;
  return [value, probability === null ? '' : Number(probability).toFixed(4)];
}

/** The heads of these cells; of several outputs with their names. */
function headsOf(output: Output): string[] {
  const prefix = output.name === '' ? '' : `${output.name} `;
  const value = `${prefix}${output.classes === null ? 'value' : 'class'}`;
  return hasProbabilities(output) ? [value, `${prefix}probability`] : [value];
}

async function predict(id: string, options: PredictOptions): Promise<void> {
  if ((options.rows === undefined) === (options.dataset === undefined))
    throw new UsageError('Name the rows by --rows FILE, or a dataset by --dataset ID: one of both.');
  const client = connect();
  const checkpoint = await findCheckpoint(client, id);
  let row = 0;
  for await (const answer of pages(client, checkpoint, options)) {
    if (options.json) {
      printJsonLine(answer);
      continue;
    }
    const outputs = answer.outputs.length > 0 ? answer.outputs : [{ name: '', ...answer }];
    const lines = answer.data.map((_, at) => [
      String(++row),
      ...outputs.flatMap((output) => cellsOf(output, at)),
    ]);
    printTable(['row', ...outputs.flatMap(headsOf)], lines);
  }
}

/** `gradstream predict` */
export function addPredictCommand(program: Command): void {
  const command = program
    .command('predict <checkpoint>')
    .description('what a checkpoint, or the last one of a run, says of rows')
    .option('--rows <file>', 'a JSON or CSV file of rows')
    .option('--dataset <id>', 'a dataset, all of whose rows are predicted for')
    .option('--json', 'print each answer of the server as a line of JSON')
    .action(predict);
  withExample(command, 'predict run_… --rows rows.csv');
}
