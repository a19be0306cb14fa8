// What options of several commands have in common, and what `--help` says below them.

import type { Command } from 'commander';
import { CALL } from './output.js';

/** Adds an example: the words after the program's name. */
export const withExample = (command: Command, example: string): Command =>
  command.addHelpText('after', `\nExample:\n  ${CALL} ${example}`);

/** For an option that may be given several times. */
export const collect = (text: string, before: readonly string[] = []): string[] => [...before, text];
