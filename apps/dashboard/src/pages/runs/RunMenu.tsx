import type { ReactNode } from 'react';
import { Menu, MenuItem } from '../../ui/Menu.js';
import { rowCommands, type RowCommand } from './rowCommands.js';
import type { RunRow } from './runsApi.js';

interface RunMenuProps {
  readonly run: RunRow;
  readonly canWrite: boolean;
  readonly onCommand: (command: RowCommand, run: RunRow) => void;
}

const LABELS: Readonly<Record<RowCommand, string>> = {
  pause: 'Pause',
  resume: 'Resume',
  cancel: 'Cancel …',
  retry: 'Retry',
  edit: 'Tags and notes …',
  delete: 'Delete …',
};

/** What can be done with one run. */
export function RunMenu({ run, canWrite, onCommand }: RunMenuProps): ReactNode {
  return (
    <Menu label={<span aria-hidden="true">⋯</span>} name={`Commands for ${run.name}`} isBare>
      {rowCommands(run).map((command) => (
        <MenuItem key={command} disabled={!canWrite} onSelect={() => onCommand(command, run)}>
          {LABELS[command]}
        </MenuItem>
      ))}
      {!canWrite && (
        <MenuItem disabled onSelect={() => undefined}>
          <small>The key in use may only read</small>
        </MenuItem>
      )}
    </Menu>
  );
}
