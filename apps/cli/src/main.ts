// The command line: composes the commands and turns failures into lines and an exit code.

import { Command } from 'commander';
import { addDatasetCommands } from './commands/datasets.js';
import { addDemoCommand } from './commands/demo.js';
import { addKeyCommands } from './commands/keys.js';
import { addModelCommands } from './commands/models.js';
import { addPredictCommand } from './commands/predict.js';
import { addRunCommands } from './commands/runs.js';
import { addTrainCommand } from './commands/train.js';
import { describeError } from './output.js';

const program = new Command('gradstream').description('Training as a service: the command line');
addKeyCommands(program);
addDatasetCommands(program);
addModelCommands(program);
addTrainCommand(program);
addRunCommands(program);
addPredictCommand(program);
addDemoCommand(program);

try {
  await program.parseAsync();
} catch (error) {
  for (const line of describeError(error)) console.error(line);
  process.exitCode = 1;
}
