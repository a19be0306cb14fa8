// The command line: all of its commands.

import { Command } from 'commander';
import { addDatasetCommands } from './commands/datasets.js';
import { addDemoCommand } from './commands/demo.js';
import { addKeyCommands } from './commands/keys.js';
import { addModelCommands } from './commands/models.js';
import { addPredictCommand } from './commands/predict.js';
import { addRunCommands } from './commands/runs.js';
import { addTrainCommand } from './commands/train.js';
import { withExample } from './options.js';

/** The program. Parsing throws a CommanderError for what it does not understand, once that was told. */
export function createProgram(): Command {
  const program = new Command('gradstream')
    .description('Training as a service: the command line')
    .showHelpAfterError('Add --help for what there is, with an example.')
    .exitOverride(); // Commands take both over from the program that they are added to.
  withExample(program, 'train run.json --dataset data.csv --model model.json');
  addKeyCommands(program);
  addDatasetCommands(program);
  addModelCommands(program);
  addTrainCommand(program);
  addRunCommands(program);
  addPredictCommand(program);
  addDemoCommand(program);
  return program;
}
