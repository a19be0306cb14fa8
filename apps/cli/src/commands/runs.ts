import { writeFile } from 'node:fs/promises';
import { Option, type Command } from 'commander';
import type { DownloadFormat } from '@gradstream/sdk';
import { findLastCheckpoint } from '../checkpoints.js';
import { connect } from '../connection.js';
import { formatBytes } from '../format.js';
import { withExample } from '../options.js';
import { addMannerOptions, mannerOf, type MannerChoices } from '../manner.js';
import { addControlCommands } from './runControls.js';
import { addRunGetCommand } from './runGet.js';
import { addRunListCommand } from './runList.js';
import { watchOrLeave } from '../watch.js';

/** `gradstream runs …` */
export function addRunCommands(program: Command): void {
  const runs = program.command('runs').description('runs of the project');
  withExample(runs, 'runs list --state running');
  addRunListCommand(runs);
  addRunGetCommand(runs);
  const follow = runs
    .command('follow <id>')
    .description('watch a run to its end')
    .action(async (id: string, choices: MannerChoices) => {
      const manner = mannerOf(choices);
      const { state } = await watchOrLeave(connect(), id, { manner });
      if (manner !== 'json') console.log(state);
    });
  withExample(addMannerOptions(follow), 'runs follow run_…');
  addControlCommands(runs);
  const download = runs
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
      console.log(`${output}: step ${checkpoint.step}, ${formatBytes(bytes.byteLength)}${hash}`);
    });
  withExample(download, 'runs download run_… -o weights.safetensors');
}
