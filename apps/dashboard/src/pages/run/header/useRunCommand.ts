import type { Gradstream, Run } from '@gradstream/sdk';
import { useMutation, useQueryClient, type UseMutationResult } from '@tanstack/react-query';
import { useNavigate } from 'react-router';
import { useClient } from '../../../session/SessionProvider.js';
import { messageOf } from '../../../ui/messages.js';
import { useTell } from '../../../ui/Toasts.js';
import { runKey } from '../queries.js';

/** What the server is asked for; forks have a dialog of their own. */
export type Asked = 'pause' | 'resume' | 'cancel' | 'retry' | 'retryFromStart' | 'delete';

const ask: Readonly<Record<Asked, (runs: Gradstream['runs'], id: string) => Promise<Run>>> = {
  pause: (runs, id) => runs.pause(id),
  resume: (runs, id) => runs.resume(id),
  cancel: (runs, id) => runs.cancel(id),
  retry: (runs, id) => runs.retry(id),
  retryFromStart: (runs, id) => runs.retry(id, { fromStart: true }),
  delete: (runs, id) => runs.delete(id),
};

/** What came of it, in words. */
function wordsFor(asked: Asked, { name, state }: Run): string {
  if (asked === 'delete') return `${name} is deleted.`;
  if (asked === 'pause')
    return state === 'paused' ? `${name} is paused.` : `${name} pauses at its next step.`;
  if (asked === 'cancel')
    return state === 'cancelled' ? `${name} is cancelled.` : `${name} is cancelled at its next step.`;
  return `${name} goes on as soon as a worker is free.`;
}

/**
 * Asks something of a run. What the server answers is shown at once. Its refusal is told where no dialog is open that says
 * it, and what it says now is fetched. A run that was deleted leaves its page.
 */
export function useRunCommand(run: Run, onDone: () => void): UseMutationResult<Run, Error, Asked> {
  const client = useClient();
  const cache = useQueryClient();
  const tell = useTell();
  const navigate = useNavigate();
  return useMutation({
    mutationFn: (asked: Asked) => ask[asked](client.runs, run.id),
    onSuccess: async (next, asked) => {
      tell('done', wordsFor(asked, next));
      onDone();
      if (asked === 'delete') {
        await navigate('/runs');
        cache.removeQueries({ queryKey: runKey(run.id) });
      } else cache.setQueryData(runKey(run.id), next);
      await cache.invalidateQueries({ queryKey: ['runs'] });
    },
    onError: async (error, asked) => {
      if (asked === 'pause' || asked === 'resume') tell('failed', messageOf(error));
      await cache.invalidateQueries({ queryKey: runKey(run.id) });
    },
  });
}
