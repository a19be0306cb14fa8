import type { Checkpoint, DownloadFormat, Run } from '@gradstream/sdk';
import { useMutation, useQueryClient, type UseMutationResult } from '@tanstack/react-query';
import { useClient } from '../../../session/SessionProvider.js';
import { messageOf } from '../../../ui/messages.js';
import { useTell } from '../../../ui/Toasts.js';
import { checkpointsKey } from '../queries.js';
import { saveCheckpoint } from './saveCheckpoint.js';

interface CheckpointCommands {
  readonly pin: UseMutationResult<Checkpoint, Error, Checkpoint>;
  readonly remove: UseMutationResult<Checkpoint, Error, Checkpoint>;
  readonly download: UseMutationResult<
    string,
    Error,
    { readonly checkpoint: Checkpoint; readonly format: DownloadFormat }
  >;
}

/** What can be done with the checkpoints of a run; each tells what came of it. */
export function useCheckpointCommands(run: Run, onRemoved: () => void): CheckpointCommands {
  const client = useClient();
  const cache = useQueryClient();
  const tell = useTell();
  const onError = (error: Error): void => tell('failed', messageOf(error));
  const onSettled = (): Promise<void> => cache.invalidateQueries({ queryKey: checkpointsKey(run.id) });
  const pin = useMutation({
    mutationFn: ({ id, pinned }: Checkpoint) => client.checkpoints.pin(id, !pinned),
    onSuccess: ({ step, pinned }) =>
      tell(
        'done',
        pinned ? `Step ${step} is pinned: nobody deletes it.` : `Step ${step} is no longer pinned.`,
      ),
    ...{ onError, onSettled },
  });
  const remove = useMutation({
    mutationFn: ({ id }: Checkpoint) => client.checkpoints.delete(id),
    onSuccess: ({ step }) => {
      tell('done', `The checkpoint of step ${step} is deleted.`);
      onRemoved();
    },
    onSettled, // Its dialog says why it was not done.
  });
  const download = useMutation({
    mutationFn: ({ checkpoint, format }: { checkpoint: Checkpoint; format: DownloadFormat }) =>
      saveCheckpoint(client, { run: run.name, checkpoint, format }),
    onSuccess: (done) => tell('done', done),
    onError,
  });
  return { pin, remove, download };
}
