// What `--help` says below a command's options.

import type { Command } from 'commander';
import { CALL } from './output.js';

/** Adds an example: the words after the program's name. */
export const withExample = (command: Command, example: string): Command =>
  command.addHelpText('after', `\nExample:\n  ${CALL} ${example}`);
