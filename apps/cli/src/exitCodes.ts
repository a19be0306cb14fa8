// With which code the command line ends: docs/cli.md lists them.

import { CommanderError } from 'commander';

export const EXIT = {
  /** A command failed, or the run that it watched did. */
  failed: 1,
  /** The command was not understood. */
  usage: 2,
  /** The run that was watched was cancelled. */
  cancelled: 3,
  /** By SIGINT: 128 and its number, as shells count. */
  interrupted: 130,
  /** Nobody reads what it writes: 128 and the number of SIGPIPE. */
  unread: 141,
} as const;

/** What was asked for contradicts itself, or lacks something. */
export class UsageError extends Error {}

/** The code that a failure ends with; 0 for help that was asked for. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT.usage;
  return error instanceof UsageError ? EXIT.usage : EXIT.failed;
}
