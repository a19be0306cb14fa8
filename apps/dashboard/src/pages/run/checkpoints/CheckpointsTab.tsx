import { isFinal, type Checkpoint, type Run } from '@gradstream/sdk';
import { useState, type ReactNode } from 'react';
import { useCanWrite } from '../../../session/SessionProvider.js';
import { Button } from '../../../ui/Button.js';
import { EmptyState, ErrorState, LoadingState } from '../../../ui/States.js';
import { useCopy } from '../../../ui/useCopy.js';
import { ConfirmDialog } from '../dialogs/ConfirmDialog.js';
import { ForkDialog } from '../dialogs/ForkDialog.js';
import { PredictDialog } from '../dialogs/PredictDialog.js';
import { bestOf, columnsOf } from './best.js';
import { CheckpointRow, type CheckpointCommand } from './CheckpointRow.js';
import { useCheckpointCommands } from './useCheckpointCommands.js';
import { useCheckpoints } from './useCheckpoints.js';
import './checkpoints.css';

interface Open {
  readonly dialog: 'fork' | 'predict' | 'delete';
  readonly checkpoint: Checkpoint;
}

/** When the next checkpoint can be awaited, in words. */
function whenNext({ spec: { checkpoints: policy } }: Run): string {
  const rules = [
    policy.everySteps === null ? null : `each ${policy.everySteps} steps`,
    policy.everyMinutes === null ? null : `each ${policy.everyMinutes} min`,
    policy.everyEpochs === null
      ? null
      : policy.everyEpochs === 1
        ? 'each epoch'
        : `each ${policy.everyEpochs} epochs`,
  ].filter((rule) => rule !== null);
  return rules.length === 0 ? 'at its end alone' : `${rules.join(', ')}, and at its end`;
}

/** The checkpoints of a run, newest first: what was measured there, and what can be done with each. */
export function CheckpointsTab({ run }: { readonly run: Run }): ReactNode {
  const canWrite = useCanWrite();
  const { all, error, hasMore, isFetchingMore, more, again } = useCheckpoints(run);
  const [open, setOpen] = useState<Open | null>(null);
  const copy = useCopy();
  const close = (): void => setOpen(null);
  const { pin, remove, download } = useCheckpointCommands(run, close);
  if (error && !all) return <ErrorState error={error} onRetry={again} />;
  if (!all) return <LoadingState what="the checkpoints" />;
  if (all.length === 0)
    return (
      <EmptyState title="There are no checkpoints yet">
        {isFinal(run.state)
          ? 'The run ended before it wrote one, or they were deleted.'
          : `The run writes one ${whenNext(run)}. Pausing it writes one, too.`}
      </EmptyState>
    );
  const { monitor } = run.spec.checkpoints;
  const series = columnsOf(all, monitor);
  const best = bestOf(all, run.spec.checkpoints);
  const obey = (command: CheckpointCommand, checkpoint: Checkpoint): void => {
    if (command === 'safetensors' || command === 'tfjs') download.mutate({ checkpoint, format: command });
    else if (command === 'pin') pin.mutate(checkpoint);
    else if (command === 'copyHash') void copy(checkpoint.sha256, `the SHA-256 of step ${checkpoint.step}`);
    else {
      remove.reset();
      setOpen({ dialog: command, checkpoint });
    }
  };
  return (
    <div className="checkpoints card">
      <p className="hint checkpoints-about">
        {all.length}
        {hasMore ? ' newest' : ''} checkpoint{all.length === 1 ? '' : 's'}. ★ is the best
        {hasMore ? ' of these' : ''} by <code>{monitor}</code>.
        {!isFinal(run.state) && ` One is written ${whenNext(run)}.`}
      </p>
      <div className="table-box" tabIndex={0} role="region" aria-label="Checkpoints">
        <table className="table">
          <thead>
            <tr>
              {['Step', 'Epoch', ...series].map((name) => (
                <th key={name} scope="col" className="number">
                  {name}
                </th>
              ))}
              <th scope="col">
                <span className="visually-hidden">Marks</span>
              </th>
              <th scope="col" className="number">
                Weights
              </th>
              <th scope="col">Written</th>
              <th scope="col">
                <span className="visually-hidden">Commands</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {all.map((checkpoint) => (
              <CheckpointRow
                key={checkpoint.id}
                {...{ checkpoint, series, canWrite, isBest: checkpoint.id === best }}
                isBusy={download.isPending && download.variables.checkpoint.id === checkpoint.id}
                onCommand={(command) => obey(command, checkpoint)}
              />
            ))}
          </tbody>
        </table>
      </div>
      {hasMore && (
        <Button isBusy={isFetchingMore} onClick={more}>
          Show older ones
        </Button>
      )}
      {open?.dialog === 'fork' && <ForkDialog run={run} checkpointId={open.checkpoint.id} onClose={close} />}
      {open?.dialog === 'predict' && <PredictDialog run={run} checkpoint={open.checkpoint} onClose={close} />}
      {open?.dialog === 'delete' && (
        <ConfirmDialog
          title={`Delete the checkpoint of step ${open.checkpoint.step}?`}
          {...{ action: 'Delete the checkpoint', keep: 'Keep it', onClose: close }}
          {...{ isBusy: remove.isPending, refusal: remove.error }}
          onConfirm={() => remove.mutate(open.checkpoint)}
        >
          <p>Its weights do not come back. The run’s history and its other checkpoints stay.</p>
        </ConfirmDialog>
      )}
    </div>
  );
}
