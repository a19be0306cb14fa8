import { useMutation, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useClient } from '../../session/SessionProvider.js';
import { Button } from '../../ui/Button.js';
import { Dialog } from '../../ui/Dialog.js';
import { StateBadge } from '../../ui/StateBadge.js';
import { ErrorState, LoadingState } from '../../ui/States.js';
import { cancelRuns, runsOf, type CancelOutcome } from './runsApi.js';

interface CancelDialogProps {
  readonly ids: readonly string[];
  readonly refresh: (ids: readonly string[]) => Promise<unknown>;
  readonly onClose: () => void;
}

const WORDS: Readonly<Record<CancelOutcome['outcome'], string>> = {
  cancelled: 'cancelled',
  requested: 'stops at its next step',
  finished: 'had ended before',
  notFound: 'is not there any more',
};

/** Asks before runs are cancelled, and says of each what came of it. */
export function CancelDialog({ ids, refresh, onClose }: CancelDialogProps): ReactNode {
  const client = useClient();
  const runs = useQuery({
    queryKey: ['runs', 'named', ...ids],
    queryFn: () => runsOf(client, ids),
    gcTime: 0,
  });
  const cancel = useMutation({
    mutationFn: () => cancelRuns(client, ids),
    onSuccess: () => refresh(ids),
  });
  const nameOf = (id: string): string => runs.data?.find((run) => run.id === id)?.name ?? id;
  const what = ids.length === 1 ? 'this run' : `these ${ids.length} runs`;
  const actions = cancel.data ? (
    <Button kind="primary" onClick={onClose}>
      Done
    </Button>
  ) : (
    <>
      <Button onClick={onClose}>{ids.length === 1 ? 'Keep it' : 'Keep them'}</Button>
      <Button kind="danger" isBusy={cancel.isPending} disabled={!runs.data} onClick={() => cancel.mutate()}>
        {ids.length === 1 ? 'Cancel the run' : `Cancel ${ids.length} runs`}
      </Button>
    </>
  );
  return (
    <Dialog title={cancel.data ? 'What came of it' : `Cancel ${what}?`} onClose={onClose} actions={actions}>
      {cancel.error && <ErrorState error={cancel.error} />}
      {runs.error && <ErrorState error={runs.error} onRetry={() => void runs.refetch()} />}
      {!runs.data && !runs.error && <LoadingState what="the runs" />}
      {!cancel.data && (
        <p>A run that trains stops at its next step and keeps its checkpoints; it can be retried.</p>
      )}
      <ul className="runs-named" aria-label={cancel.data ? 'Outcomes' : 'Runs'}>
        {cancel.data
          ? cancel.data.map(({ id, outcome }) => (
              <li key={id}>
                <span className="runs-cut">{nameOf(id)}</span>
                <span>{WORDS[outcome]}</span>
              </li>
            ))
          : runs.data?.map(({ id, name, state }) => (
              <li key={id}>
                <span className="runs-cut">{name}</span>
                <StateBadge state={state} />
              </li>
            ))}
      </ul>
    </Dialog>
  );
}
