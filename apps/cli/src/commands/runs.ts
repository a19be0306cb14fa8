import { writeFile } from 'node:fs/promises';
import { Option, type Command } from 'commander';
import type { DownloadFormat } from '@gradstream/sdk';
import { findLastCheckpoint } from '../checkpoints.js';
import { connect } from '../connection.js';
import { addPageOptions, pageOf, printPage, type PageChoices } from '../lists.js';
import { formatBytes, formatNumber, formatTime } from '../format.js';
import { withExample } from '../help.js';
import { addMannerOptions, mannerOf, type MannerChoices } from '../manner.js';
import { CALL, printJson } from '../output.js';
import { addControlCommands } from './runControls.js';
import { watchOrLeave } from '../watch.js';

/** `gradstream runs …` */
export function addRunCommands(program: Command): void {
  const runs = program.command('runs').description('runs of the project');
  addPageOptions(runs.command('list').description('runs, newest first'))
    .option('--tag <name>', 'only runs with this tag')
    .action(async ({ tag, ...choices }: PageChoices & { tag?: string }) => {
      const filter = tag === undefined ? {} : { tag };
      printPage(choices, {
        page: await connect().runs.list({ ...pageOf(choices), ...filter }),
        header: ['id', 'name', 'state', 'step', 'loss', 'tags', 'created'],
        flexible: ['name', 'tags'],
        toRow: (run) => [
          run.id,
          run.name,
          run.datasetDeletedAt === null ? run.state : `${run.state}, dataset deleted`,
          `${run.step}/${run.totalSteps ?? '?'}`,
          formatNumber(run.metrics['loss']),
          run.tags.join(', '),
          formatTime(run.createdAt),
        ],
        empty: tag === undefined ? `No runs yet. Make one: ${CALL} train …` : `No run has the tag ${tag}.`,
      });
    });
  runs.command('get <id>').action(async (id: string) => {
    printJson(await connect().runs.get(id));
  });
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
      console.log(`${output}: step ${checkpoint.step}, ${formatBytes(bytes.byteLength)}${hash}`);
    });
}
