// `gradstream demo`: trains the digits through the whole system, and says how to do the same by hand.

import path from 'node:path';
import type { Command } from 'commander';
import type { NewModel, NewRun } from '@gradstream/sdk';
import { connect, connectionSettings } from '../connection.js';
import { readBytes, readJson } from '../files.js';
import { watchRun } from '../follow.js';
import { printHandwork } from '../handwork.js';
import { withExample } from '../options.js';

const EXAMPLE = path.resolve(import.meta.dirname, '../../../../examples/digits');

async function runDemo(): Promise<void> {
  const client = connect();
  const file = (name: string): string => path.join(EXAMPLE, name);
  console.log('Training a small network on the 8×8 digits, through the whole system.');
  const dataset = await client.datasets.upload('digits', await readBytes(file('digits.csv')));
  console.log(
    `dataset ${dataset.id}: ${dataset.rowCount ?? 0} rows, ${dataset.columns?.length ?? 0} columns`,
  );
  const definition = await readJson<NewModel['definition']>(file('model.json'));
  const model = await client.models.create({ name: 'digits mlp', definition });
  console.log(`model   ${model.id}: ${model.parameterCount} parameters in ${model.layers.length} layers`);
  const settings = await readJson<Omit<NewRun, 'dataset' | 'model'>>(file('run.json'));
  const run = await client.runs.create({ ...settings, dataset: dataset.id, model: model.id });
  console.log(`run     ${run.id}`);
  const ended = await watchRun(client, run.id);
  const accuracy = Number(ended.metrics['valAccuracy']);
  console.log(`${ended.state}: validation accuracy ${accuracy.toFixed(4)} after ${ended.step} steps`);
  const [checkpoint] = (await client.runs.checkpoints(run.id, { limit: 1 })).data;
  printHandwork({
    ...connectionSettings(),
    dataset: dataset.id,
    model: model.id,
    run: run.id,
    checkpoint: checkpoint?.id ?? null,
    settings,
  });
}

/** `gradstream demo` */
export function addDemoCommand(program: Command): void {
  const command = program
    .command('demo')
    .description('train the digits example and print the lines that do the same by hand')
    .action(runDemo);
  withExample(command, 'demo');
}
