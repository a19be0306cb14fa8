// Runs the command line, and turns failures into lines and an exit code.

import { CommanderError } from 'commander';
import { EXIT, exitCodeOf } from './exitCodes.js';
import { describeError } from './output.js';
import { createProgram } from './program.js';

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(EXIT.unread);
  throw error;
});

try {
  await createProgram().parseAsync();
} catch (error) {
  process.exitCode = exitCodeOf(error);
  // Commander has told of its own.
  if (!(error instanceof CommanderError)) for (const line of describeError(error)) console.error(line);
}
