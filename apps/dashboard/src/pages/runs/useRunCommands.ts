import type { Gradstream } from '@gradstream/sdk';
import { useCallback } from 'react';
import { useClient } from '../../session/SessionProvider.js';
import { messageOf } from '../../ui/messages.js';
import { useTell } from '../../ui/Toasts.js';

type Simple = 'pause' | 'resume' | 'retry' | 'delete';

const CALLS: Readonly<Record<Simple, (client: Gradstream, id: string) => Promise<unknown>>> = {
  pause: (client, id) => client.runs.pause(id),
  resume: (client, id) => client.runs.resume(id),
  retry: (client, id) => client.runs.retry(id),
  delete: (client, id) => client.runs.delete(id),
};
const DONE: Readonly<Record<Simple, string>> = {
  pause: 'pauses at its next step',
  resume: 'goes on',
  retry: 'is queued again',
  delete: 'is deleted',
};

/** Commands that are done with one word, and told of; resolves with whether it was done. */
export function useRunCommands(
  refresh: (ids: readonly string[]) => Promise<unknown>,
): (command: Simple, run: { readonly id: string; readonly name: string }) => Promise<boolean> {
  const client = useClient();
  const tell = useTell();
  return useCallback(
    async (command, { id, name }) => {
      try {
        await CALLS[command](client, id);
        tell('done', `${name} ${DONE[command]}.`);
        await refresh([id]);
        return true;
      } catch (thrown) {
        tell('failed', `${name}: ${messageOf(thrown)}`);
        return false;
      }
    },
    [client, tell, refresh],
  );
}
