// What can be asked of a run in the table.

import { commandsFor, type RunCommand } from '../run/runCommands.js';
import type { RunRow } from './runsApi.js';

/** A fork has choices that its run's page shows. */
export type RowCommand = Exclude<RunCommand, 'fork'> | 'edit';

/** The commands that the server would take, the one that does not come back last. */
export function rowCommands(run: RunRow): readonly RowCommand[] {
  const possible = commandsFor(run, run.dataset !== null).filter((command) => command !== 'fork');
  return [
    ...possible.filter((command) => command !== 'delete'),
    'edit',
    ...possible.filter((command) => command === 'delete'),
  ];
}
