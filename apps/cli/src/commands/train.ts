// `gradstream train`: a dataset, a model and a spec, from files to weights.

import path from 'node:path';
import type { Command } from 'commander';
import {
  type Dataset,
  type Gradstream,
  GradstreamError,
  type NewModel,
  type NewRun,
  type Run,
} from '@gradstream/sdk';
import { connect } from '../connection.js';
import { formatOf, openFile } from '../datasetFiles.js';
import { readJson } from '../files.js';
import { watchRun } from '../follow.js';

interface TrainOptions {
  readonly dataset: string;
  readonly model: string;
}

/** How the command line is called from the checkout. */
const CALL = 'npm run gradstream -- runs';

/** Watches a run to its end. Ctrl-C ends the watching alone, and says so. */
export async function watchOrLeave(client: Gradstream, id: string): Promise<Run> {
  const leave = (): void => {
    console.log(`\nThe run goes on. Follow it: ${CALL} follow ${id}   Cancel it: ${CALL} cancel ${id}`);
    process.exit(130); // 128 + SIGINT, as shells count.
  };
  process.once('SIGINT', leave);
  try {
    return await watchRun(client, id);
  } finally {
    process.off('SIGINT', leave);
  }
}

/** Uploads a file of any format that its name tells. */
async function upload(client: Gradstream, file: string): Promise<Dataset> {
  const format = formatOf(file);
  const source = await openFile(file);
  try {
    return await client.datasets.upload(path.basename(file), source, { format });
  } finally {
    await source.close();
  }
}

async function train(spec: string, { dataset, model }: TrainOptions): Promise<void> {
  const client = connect();
  const settings = await readJson<Omit<NewRun, 'dataset' | 'model'>>(spec);
  const definition = await readJson<NewModel['definition']>(model);
  const named = { name: path.basename(model), definition };
  // Before the upload, which may be long.
  const verdict = await client.models.validate(named);
  if (!verdict.ok)
    throw new GradstreamError(
      'MODEL_INVALID',
      `${model} cannot be built: correct the places that are named.`,
      {
        errors: verdict.problems,
      },
    );
  const uploaded = await upload(client, dataset);
  const stored = await client.models.create(named);
  const run = await client.runs.create({ ...settings, dataset: uploaded.id, model: stored.id });
  console.log(`run ${run.id}`);
  const ended = await watchOrLeave(client, run.id);
  console.log(`${ended.state}: ${run.id} after ${ended.step} of ${ended.totalSteps ?? '?'} steps`);
  const { data } = await client.runs.checkpoints(run.id, { limit: 1 });
  if (data.length > 0) console.log(`The weights: ${CALL} download ${run.id} -o model.safetensors`);
}

/** `gradstream train` */
export function addTrainCommand(program: Command): void {
  program
    .command('train <spec>')
    .description('upload a dataset and a model, run the spec (JSON files), and watch')
    .requiredOption('--dataset <file>', 'CSV, TSV, JSONL, NPY, NPZ, Parquet, or a ZIP of images')
    .requiredOption('--model <json>', 'Keras 3 JSON file')
    .action(train);
}
