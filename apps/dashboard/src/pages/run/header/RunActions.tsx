import type { ReactNode } from 'react';
import { Button } from '../../../ui/Button.js';
import { Menu, MenuItem } from '../../../ui/Menu.js';
import type { RunCommand } from '../runCommands.js';

interface RunActionsProps {
  readonly commands: readonly RunCommand[];
  readonly busy: string | null;
  readonly canWrite: boolean;
  readonly onCommand: (command: RunCommand) => void;
}

const LABELS: Readonly<Record<RunCommand, string>> = {
  pause: 'Pause',
  resume: 'Resume',
  retry: 'Retry …',
  fork: 'Fork …',
  cancel: 'Cancel …',
  delete: 'Delete …',
};
export const KEYS: Readonly<Record<RunCommand, string>> = {
  ...{ pause: 'p', resume: 'p', retry: 't', fork: 'f', cancel: 'c', delete: 'd' },
};
const READ_ONLY = 'The key in use may only read';

/** The commands for a run: as buttons, or where there is no room for them in a menu. */
export function RunActions({ commands, busy, canWrite, onCommand }: RunActionsProps): ReactNode {
  return (
    <div className="run-actions">
      <div className="run-actions-wide">
        {commands.map((command, at) => (
          <Button
            key={command}
            kind={
              command === 'cancel' || command === 'delete' ? 'danger' : at === 0 ? 'primary' : 'secondary'
            }
            isBusy={busy === command}
            disabled={!canWrite || busy !== null}
            title={canWrite ? `Key: ${KEYS[command]}` : READ_ONLY}
            onClick={() => onCommand(command)}
          >
            {LABELS[command]}
          </Button>
        ))}
      </div>
      <div className="run-actions-narrow">
        <Menu label="Commands" hint={canWrite ? 'What can be done with this run' : READ_ONLY}>
          {commands.map((command) => (
            <MenuItem key={command} disabled={!canWrite || busy !== null} onSelect={() => onCommand(command)}>
              {LABELS[command]}
            </MenuItem>
          ))}
        </Menu>
      </div>
    </div>
  );
}
