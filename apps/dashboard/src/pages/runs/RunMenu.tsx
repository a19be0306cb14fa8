import type { ReactNode } from 'react';
import { Menu, MenuItem } from '../../ui/Menu.js';
import type { RunRow } from './runsApi.js';

export type RunCommand = 'pause' | 'resume' | 'cancel' | 'retry' | 'edit' | 'delete';

interface RunMenuProps {
  readonly run: RunRow;
  readonly canWrite: boolean;
  readonly onCommand: (command: RunCommand, run: RunRow) => void;
}

/** Which commands a run in this state obeys. */
function commandsFor({ state, pauseRequested, cancelRequested }: RunRow): readonly RunCommand[] {
  const isOver = state === 'succeeded' || state === 'failed' || state === 'cancelled';
  const isPaused = state === 'paused' || pauseRequested;
  return [
    ...(isOver || isPaused || cancelRequested ? [] : (['pause'] as const)),
    ...(isPaused && !isOver ? (['resume'] as const) : []),
    ...(isOver || cancelRequested ? [] : (['cancel'] as const)),
    ...(state === 'failed' || state === 'cancelled' ? (['retry'] as const) : []),
    'edit',
    ...(isOver ? (['delete'] as const) : []),
  ];
}

const LABELS: Readonly<Record<RunCommand, string>> = {
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
      {commandsFor(run).map((command) => (
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
