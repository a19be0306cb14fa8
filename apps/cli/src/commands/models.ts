// `gradstream models …`

import type { Command } from 'commander';
import { connect } from '../connection.js';
import { formatTime } from '../format.js';
import { addPageOptions, pageOf, printPage, type PageChoices } from '../lists.js';
import { withExample } from '../options.js';
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

async function list(choices: PageChoices): Promise<void> {
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
}

/** `gradstream models …` */
export function addModelCommands(program: Command): void {
  const models = program.command('models').description('models of the project');
  withExample(models, 'models list');
  const listing = models.command('list').description('models, newest first').action(list);
  withExample(addPageOptions(listing), 'models list --limit 10');
  const get = models
    .command('get <id>')
    .alias('show')
    .description('its inputs, outputs and layers, with shapes and parameters')
    .option('--json', 'print JSON, with the definition')
    .action(show);
  withExample(get, 'models get mdl_…');
  const remove = models
    .command('delete <id>')
    .description('delete a model that no run refers to')
    .action(async (id: string) => {
      console.log(`deleted ${id} (${(await connect().models.delete(id)).name})`);
    });
  withExample(remove, 'models delete mdl_…');
}
