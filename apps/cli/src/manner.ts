// How a command tells of a run: in words, in JSON, or of its end alone.

import { Option, type Command } from 'commander';
import { printJsonLine } from './output.js';

/** `quiet`: of the end alone. */
export type Manner = 'words' | 'json' | 'quiet';

export interface MannerChoices {
  readonly json?: boolean;
  readonly quiet?: boolean;
}

export const mannerOf = ({ json, quiet }: MannerChoices): Manner =>
  json ? 'json' : quiet ? 'quiet' : 'words';

/** The options that choose. */
export function addMannerOptions(command: Command): Command {
  return command
    .option('--quiet', 'print only how it ended')
    .addOption(new Option('--json', 'print a JSON object a line (docs/cli.md)').conflicts('quiet'));
}

/** Says a fact: as a line in words, or with its type and its fields. */
export type Say = (type: string, fields: object, line: string) => void;

export const sayIn =
  (manner: Manner): Say =>
  (type, fields, line) => {
    if (manner === 'words') console.log(line);
    if (manner === 'json') printJsonLine({ type, ...fields });
  };
