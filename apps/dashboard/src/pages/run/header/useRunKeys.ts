import { useShortcut } from '../../../keyboard/Shortcuts.js';
import type { RunCommand } from '../runCommands.js';

/** The keys of a run's page: those commands that can be given now. */
export function useRunKeys(
  commands: readonly RunCommand[],
  give: (command: RunCommand) => void,
  edit: () => void,
): void {
  const giveIf = (...wanted: readonly RunCommand[]): void => {
    const found = commands.find((command) => wanted.includes(command));
    if (found !== undefined) give(found);
  };
  useShortcut('p', 'Pause or resume the run', () => giveIf('pause', 'resume'));
  useShortcut('f', 'Fork the run', () => giveIf('fork'));
  useShortcut('t', 'Retry the run', () => giveIf('retry'));
  useShortcut('c', 'Cancel the run', () => giveIf('cancel'));
  useShortcut('d', 'Delete the run', () => giveIf('delete'));
  useShortcut('e', 'Edit tags and notes', edit);
}
