import { readFile, writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { NewModel, NewRun } from '@gradstream/sdk';
import { connect } from '../connection.js';
import { watchRun } from '../follow.js';
import { printJson, printTable } from '../output.js';

/** A JSON file; the server says what is wrong with its content. */
export async function readJson<T>(file: string): Promise<T> {
  return JSON.parse(await readFile(file, 'utf8')) as T;
}

interface TrainOptions {
  readonly dataset: string;
  readonly model: string;
}

/** `gradstream train` and `gradstream runs …` */
export function addRunCommands(program: Command): void {
  program
    .command('train <spec>')
    .description('upload a dataset and a model, run the spec (JSON files), and watch')
    .requiredOption('--dataset <csv>', 'CSV file')
    .requiredOption('--model <json>', 'Keras 3 JSON file')
    .action(async (spec: string, { dataset, model }: TrainOptions) => {
      const client = connect();
      const uploaded = await client.datasets.upload(dataset, new Uint8Array(await readFile(dataset)));
      const definition = await readJson<NewModel['definition']>(model);
      const stored = await client.models.create({ name: model, definition });
      const settings = await readJson<Omit<NewRun, 'dataset' | 'model'>>(spec);
      const run = await client.runs.create({ ...settings, dataset: uploaded.id, model: stored.id });
      console.log(`run ${run.id}`);
      printJson((await watchRun(client, run.id)).metrics);
    });

  const runs = program.command('runs').description('runs of the project');
  runs.command('list').action(async () => {
    const { data } = await connect().runs.list({ limit: 50 });
    const rows = data.map((run) => [
      run.id,
      run.name,
      run.state,
      `${run.step}/${run.totalSteps ?? '?'}`,
      String(run.metrics['loss'] ?? ''),
      run.createdAt,
    ]);
    printTable(['id', 'name', 'state', 'step', 'loss', 'created'], rows);
  });
  runs.command('get <id>').action(async (id: string) => {
    printJson(await connect().runs.get(id));
  });
  runs
    .command('follow <id>')
    .description('watch a run to its end')
    .action(async (id: string) => {
      console.log((await watchRun(connect(), id)).state);
    });
  runs.command('cancel <id>').action(async (id: string) => {
    console.log((await connect().runs.cancel(id)).state);
  });
  runs
    .command('download <id>')
    .description('the weights of the last checkpoint, as safetensors')
    .option('-o, --output <file>', 'where to write', 'model.safetensors')
    .action(async (id: string, { output }: { output: string }) => {
      const client = connect();
      const [checkpoint] = (await client.runs.checkpoints(id, { limit: 1 })).data;
      if (!checkpoint)
        throw new Error(`run ${id} has no checkpoint yet: one is made at the end of each epoch`);
      await writeFile(output, await client.checkpoints.download(checkpoint.id));
      console.log(
        `${output}: step ${checkpoint.step}, ${checkpoint.bytes} bytes, SHA-256 ${checkpoint.sha256}`,
      );
    });
}
