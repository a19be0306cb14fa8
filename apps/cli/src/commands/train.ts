// `gradstream train`: a dataset, a model and a spec, from files to weights.

import path from 'node:path';
import type { Command } from 'commander';
import { type Gradstream, GradstreamError, type NewModel, type NewRun, type Run } from '@gradstream/sdk';
import { connect } from '../connection.js';
import { readJson } from '../files.js';
import { watchRun, type WatchOptions } from '../follow.js';
import { CALL } from '../output.js';
import { upload } from '../upload.js';

interface TrainOptions {
  readonly dataset: string;
  readonly model: string;
}

/** Watches a run to its end. Ctrl-C ends the watching alone, and says so. */
export async function watchOrLeave(client: Gradstream, id: string, options?: WatchOptions): Promise<Run> {
  const leave = (): void => {
    console.error(
      `\nThe run goes on. Follow it: ${CALL} runs follow ${id}   Cancel it: ${CALL} runs cancel ${id}`,
    );
    process.exit(130); // 128 + SIGINT, as shells count.
  };
  process.once('SIGINT', leave);
  try {
    return await watchRun(client, id, options);
  } finally {
    process.off('SIGINT', leave);
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
  if (data.length > 0) console.log(`The weights: ${CALL} runs download ${run.id} -o model.safetensors`);
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
