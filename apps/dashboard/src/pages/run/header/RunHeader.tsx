import type { Run } from '@gradstream/sdk';
import { useState, type ReactNode } from 'react';
import { useCanWrite } from '../../../session/SessionProvider.js';
import { StateBadge } from '../../../ui/StateBadge.js';
import { commandsFor, pendingOf, type RunCommand } from '../runCommands.js';
import { FailurePanel } from './FailurePanel.js';
import { RunActions } from './RunActions.js';
import { RunDialogs, type OpenDialog } from './RunDialogs.js';
import { RunFacts } from './RunFacts.js';
import { RunNotes } from './RunNotes.js';
import { RunProgress } from './RunProgress.js';
import { useRunCommand } from './useRunCommand.js';
import { useRunKeys } from './useRunKeys.js';
import './header.css';

/** What a run is, how it stands, and what can be done with it. Commands that end something ask before. */
export function RunHeader({ run }: { readonly run: Run }): ReactNode {
  const canWrite = useCanWrite();
  const [open, setOpen] = useState<OpenDialog | null>(null);
  const command = useRunCommand(run, () => setOpen(null));
  const give = (given: RunCommand): void => {
    command.reset(); // What was refused before is not said again.
    if (given === 'pause' || given === 'resume') command.mutate(given);
    else setOpen(given);
  };
  const commands = commandsFor(run, run.datasetDeletedAt === null);
  const busy = command.isPending ? command.variables : null;
  useRunKeys(canWrite && busy === null ? commands : [], give, () => {
    if (canWrite) setOpen('notes');
  });
  const pending = pendingOf(run);
  return (
    <header className="run-header card">
      <div className="run-title">
        <h1>{run.name}</h1>
        <StateBadge state={run.state} />
        {pending !== null && <span className="hint">{pending}</span>}
        <RunActions {...{ commands, busy, canWrite }} onCommand={give} />
      </div>
      <RunProgress run={run} />
      <RunFacts run={run} />
      <RunNotes run={run} canWrite={canWrite} onEdit={() => setOpen('notes')} />
      {run.failure !== null && <FailurePanel failure={run.failure} />}
      <RunDialogs
        {...{ run, open, isBusy: command.isPending, refusal: command.error }}
        onAsk={command.mutate}
        onClose={() => setOpen(null)}
      />
    </header>
  );
}
