// `gradstream train`: a dataset, a model and a spec, from files to weights.

import path from 'node:path';
import type { Command } from 'commander';
import { type Gradstream, GradstreamError, type NewModel, type NewRun } from '@gradstream/sdk';
import { typeOption, type ColumnTypes } from '../columnTypes.js';
import { connect } from '../connection.js';
import { readJson } from '../files.js';
import { UsageError } from '../exitCodes.js';
import { withExample } from '../options.js';
import { addMannerOptions, mannerOf, sayIn, type MannerChoices } from '../manner.js';
import { CALL } from '../output.js';
import { nowhere } from '../terminal.js';
import { readTrainFile, storeTrainFile, type TrainFile } from '../trainData.js';
import { watchOrLeave } from '../watch.js';

interface TrainOptions extends MannerChoices {
  readonly dataset?: string;
  readonly model?: string;
  readonly type?: ColumnTypes;
}

/** A spec as a file has it: dataset and model may be named on the command line. */
type TrainSpec = Omit<NewRun, 'dataset' | 'model'> & Partial<Pick<NewRun, 'dataset' | 'model'>>;

/** What is said of a try that ended before its uploads. */
const NOTHING = 'Nothing was stored.';

const isId = (text: string, prefix: string): boolean => new RegExp(`^${prefix}_[0-9a-f]{32}$`).test(text);

/** The id of a dataset, or a file to make one of. */
async function findData(spec: TrainSpec, { dataset, type }: TrainOptions): Promise<string | TrainFile> {
  const named = dataset ?? spec.dataset;
  if (named === undefined)
    throw new UsageError(
      'The spec names no dataset: name a file by --dataset FILE, or one by --dataset ds_….',
    );
  if (dataset !== undefined && !isId(dataset, 'ds')) return readTrainFile(dataset, type);
  if (type === undefined) return named;
  throw new UsageError(`--type is for a file that is uploaded: ${named} has its types already.`);
}

/** The id of a model, or its definition; of a file with a name, under which it is to be stored. */
async function findModel(
  spec: TrainSpec,
  given: string | undefined,
): Promise<{ readonly model: NewRun['model']; readonly name?: string }> {
  if (given !== undefined && !isId(given, 'mdl'))
    return { model: await readJson<NewModel['definition'] & object>(given), name: path.basename(given) };
  const model = given ?? spec.model;
  if (model !== undefined) return { model };
  throw new UsageError('The spec names no model: name a file by --model FILE, or one by --model mdl_….');
}

/** Throws RUN_INVALID when a run, as far as it is known, would fail. */
async function requireValid(
  client: Gradstream,
  run: Parameters<Gradstream['runs']['validate']>[0],
  hint: string,
): Promise<void> {
  const { ok, problems } = await client.runs.validate(run);
  if (ok) return;
  throw new GradstreamError('RUN_INVALID', `The run would fail: correct the places that are named. ${hint}`, {
    errors: problems,
  });
}

async function train(file: string, options: TrainOptions): Promise<void> {
  const client = connect();
  const manner = mannerOf(options);
  const say = sayIn(manner);
  const spec = await readJson<TrainSpec>(file);
  const data = await findData(spec, options);
  const { model, name } = await findModel(spec, options.model);
  let dataset: string;
  if (typeof data === 'string') {
    dataset = data;
    await requireValid(client, { ...spec, dataset, model }, NOTHING);
  } else {
    // Before the upload, which may be long; its columns are known only after it.
    await requireValid(client, { ...spec, dataset: undefined, model }, NOTHING);
    dataset = (
      await storeTrainFile(client, data, { say, out: manner === 'quiet' ? nowhere : process.stderr })
    ).id;
    const hint = `The next try takes the dataset ${dataset} again.`;
    await requireValid(client, { ...spec, dataset, model }, hint);
  }
  const stored =
    name === undefined || typeof model === 'string'
      ? model
      : (await client.models.create({ name, definition: model })).id;
  const run = await client.runs.create({ ...spec, dataset, model: stored });
  say('run', { id: run.id, dataset, model: run.spec.model.id }, `run ${run.id}`);
  const ended = await watchOrLeave(client, run.id, { manner });
  if (manner === 'json') return;
  console.log(`${ended.state}: ${run.id} after ${ended.step} of ${ended.totalSteps ?? '?'} steps`);
  if (manner === 'quiet') return;
  const { data: checkpoints } = await client.runs.checkpoints(run.id, { limit: 1 });
  if (checkpoints.length > 0)
    console.log(`The weights: ${CALL} runs download ${run.id} -o model.safetensors`);
}

/** `gradstream train` */
export function addTrainCommand(program: Command): void {
  const command = program
    .command('train <spec>')
    .description('run a spec (JSON file) on a dataset and a model, and watch; files are uploaded')
    .option(
      '--dataset <file or id>',
      'CSV, TSV, JSONL, NPY, NPZ, Parquet, or a ZIP of images; or ds_…; that of the spec unless given',
    )
    .option('--model <json or id>', 'a model as JSON; or mdl_…; that of the spec unless given')
    .addOption(typeOption())
    .action(train);
  addMannerOptions(command);
  withExample(command, 'train run.json --dataset data.csv --model model.json');
}
