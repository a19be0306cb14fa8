import { useMutation, useQuery } from '@tanstack/react-query';
import { useId, useState, type ReactNode } from 'react';
import { useClient } from '../../session/SessionProvider.js';
import { Button } from '../../ui/Button.js';
import { Dialog } from '../../ui/Dialog.js';
import { messageOf, problemsOf } from '../../ui/messages.js';
import { ProblemList } from '../../ui/ProblemList.js';
import { ErrorState, LoadingState } from '../../ui/States.js';
import type { RunRow } from './runsApi.js';
import { TagEditor } from './TagEditor.js';

interface EditDialogProps {
  readonly run: RunRow;
  readonly refresh: (ids: readonly string[]) => Promise<unknown>;
  readonly onClose: () => void;
}

interface Written {
  readonly tags: readonly string[];
  readonly notes: string;
}

/** Changes what people write about a run. */
export function EditDialog({ run, refresh, onClose }: EditDialogProps): ReactNode {
  const client = useClient();
  const { data, error, refetch } = useQuery({
    ...{ queryKey: ['runs', 'notes', run.id], queryFn: () => client.runs.get(run.id) },
    ...{ gcTime: 0, staleTime: Infinity, refetchOnWindowFocus: false },
  });
  const [changed, setChanged] = useState<Written | null>(null);
  const [adding, setAdding] = useState('');
  const notesId = useId();
  const save = useMutation({
    mutationFn: async ({ tags, notes }: Written) => {
      const added = adding.trim();
      const all = added === '' || tags.includes(added) ? tags : [...tags, added];
      await client.runs.update(run.id, { tags: [...all], notes });
      await refresh([run.id]);
    },
    onSuccess: onClose,
  });
  const written = changed ?? data;
  const submit = (
    <>
      <Button onClick={onClose}>Discard</Button>
      <Button
        kind="primary"
        isBusy={save.isPending}
        disabled={!written}
        onClick={() => written && save.mutate(written)}
      >
        Save
      </Button>
    </>
  );
  return (
    <Dialog title={`Tags and notes of ${run.name}`} onClose={onClose} actions={submit}>
      {error && <ErrorState error={error} onRetry={() => void refetch()} />}
      {!written && !error && <LoadingState what="its notes" />}
      {written && (
        <div className="runs-edit">
          <TagEditor
            {...{ adding, tags: written.tags, onAdding: setAdding }}
            onChange={(tags) => setChanged({ notes: written.notes, tags })}
          />
          <div className="field">
            <label htmlFor={notesId}>Notes</label>
            <textarea
              id={notesId}
              rows={6}
              value={written.notes}
              onChange={({ target }) => setChanged({ tags: written.tags, notes: target.value })}
            />
          </div>
          {save.error && (
            <div role="alert">
              <p className="field-error">{messageOf(save.error)}</p>
              <ProblemList problems={problemsOf(save.error)} />
            </div>
          )}
        </div>
      )}
    </Dialog>
  );
}
