import { writeFile } from 'node:fs/promises';
import { Option, type Command } from 'commander';
import type { DownloadFormat } from '@gradstream/sdk';
import { findLastCheckpoint } from '../checkpoints.js';
import { connect } from '../connection.js';
import { printJson, printTable } from '../output.js';
import { addControlCommands } from './runControls.js';
import { watchOrLeave } from './train.js';

/** `gradstream runs …` */
export function addRunCommands(program: Command): void {
  const runs = program.command('runs').description('runs of the project');
  runs
    .command('list')
    .option('--tag <name>', 'only runs with this tag')
    .action(async ({ tag }: { tag?: string }) => {
      const { data } = await connect().runs.list({ limit: 50, ...(tag === undefined ? {} : { tag }) });
      const rows = data.map((run) => [
        run.id,
        run.name,
        run.state,
        `${run.step}/${run.totalSteps ?? '?'}`,
        String(run.metrics['loss'] ?? ''),
        run.tags.join(', '),
        run.createdAt,
      ]);
      printTable(['id', 'name', 'state', 'step', 'loss', 'tags', 'created'], rows);
    });
  runs.command('get <id>').action(async (id: string) => {
    printJson(await connect().runs.get(id));
  });
  runs
    .command('follow <id>')
    .description('watch a run to its end')
    .action(async (id: string) => {
      console.log((await watchOrLeave(connect(), id)).state);
    });
  addControlCommands(runs);
  runs
    .command('download <id>')
    .description('the weights of the last checkpoint')
    .option('-o, --output <file>', 'where to write; model.safetensors, or model.zip, unless given')
    .addOption(
      new Option('--format <format>', 'safetensors, or a ZIP for TensorFlow.js')
        .choices(['safetensors', 'tfjs'])
        .default('safetensors'),
    )
    .action(async (id: string, { output: given, format }: { output?: string; format: DownloadFormat }) => {
      const output = given ?? (format === 'tfjs' ? 'model.zip' : 'model.safetensors');
      const client = connect();
      const checkpoint = await findLastCheckpoint(client, id);
      const bytes = await client.checkpoints.download(checkpoint.id, format);
      await writeFile(output, bytes);
      const hash = format === 'safetensors' ? `, SHA-256 ${checkpoint.sha256}` : '';
      console.log(`${output}: step ${checkpoint.step}, ${bytes.byteLength} bytes${hash}`);
    });
}
