// `gradstream models …`

import type { Command } from 'commander';
import { connect } from '../connection.js';
import { formatTime } from '../format.js';
import { addPageOptions, pageOf, printPage, type PageChoices } from '../lists.js';
import { CALL, printJson } from '../output.js';
import { modelLines, tensorsText } from '../modelText.js';

async function show(id: string, { json }: { json?: boolean }): Promise<void> {
  const { models } = connect();
  const model = await models.get(id);
  if (json) {
    printJson(model);
    return;
  }
  for (const line of modelLines(model, await models.summary(id))) console.log(line);
}

/** `gradstream models …` */
export function addModelCommands(program: Command): void {
  const models = program.command('models').description('models of the project');
  addPageOptions(models.command('list').description('models, newest first')).action(
    async (choices: PageChoices) => {
      printPage(choices, {
        page: await connect().models.list(pageOf(choices)),
        header: ['id', 'name', 'inputs', 'outputs', 'layers', 'parameters', 'created'],
        flexible: ['name', 'inputs', 'outputs'],
        toRow: ({ id, name, inputs, outputs, layers, parameterCount, createdAt }) => [
          ...[id, name, tensorsText(inputs), tensorsText(outputs)],
          ...[String(layers.length), String(parameterCount), formatTime(createdAt)],
        ],
        empty: `No models yet. ${CALL} train … stores the one that it trains.`,
      });
    },
  );
  models
    .command('show <id>')
    .description('its layers, with shapes and parameters')
    .option('--json', 'print JSON, with the definition')
    .action(show);
  models
    .command('delete <id>')
    .description('delete a model that no run refers to')
    .action(async (id: string) => {
      console.log(`deleted ${id} (${(await connect().models.delete(id)).name})`);
    });
}
