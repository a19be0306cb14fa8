import type { TaggedRun } from '@gradstream/sdk';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useId, useState, type ReactNode } from 'react';
import { useClient } from '../../../session/SessionProvider.js';
import { Button } from '../../../ui/Button.js';
import { Dialog } from '../../../ui/Dialog.js';
import { TextField } from '../../../ui/Field.js';
import { messageOf, problemsOf } from '../../../ui/messages.js';
import { ProblemList } from '../../../ui/ProblemList.js';
import { ErrorState, LoadingState } from '../../../ui/States.js';
import { useTell } from '../../../ui/Toasts.js';
import { runKey } from '../queries.js';
import { saveNotes } from './saveNotes.js';

interface NotesDialogProps {
  readonly runId: string;
  readonly onClose: () => void;
}

const splitTags = (text: string): string[] => [
  ...new Set(
    text
      .split(',')
      .map((tag) => tag.trim())
      .filter(Boolean),
  ),
];

/** Changes tags and notes of a run, beginning with what the server has now. */
export function NotesDialog({ runId, onClose }: NotesDialogProps): ReactNode {
  const client = useClient();
  const { data, error, refetch } = useQuery({
    queryKey: [...runKey(runId), 'notes'],
    queryFn: () => client.runs.getWithEtag(runId),
    ...{ gcTime: 0, staleTime: Infinity, refetchOnWindowFocus: false, refetchOnReconnect: false },
  });
  if (data) return <NotesForm seen={data} onClose={onClose} />;
  return (
    <Dialog title="Tags and notes" onClose={onClose}>
      {error ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : (
        <LoadingState what="tags and notes" />
      )}
    </Dialog>
  );
}

function NotesForm({ seen, onClose }: { readonly seen: TaggedRun; readonly onClose: () => void }): ReactNode {
  const client = useClient();
  const cache = useQueryClient();
  const tell = useTell();
  const notesId = useId();
  const [base, setBase] = useState(seen);
  const [tags, setTags] = useState(seen.run.tags.join(', '));
  const [notes, setNotes] = useState(seen.run.notes);
  const [theirs, setTheirs] = useState<TaggedRun | null>(null);
  const save = useMutation({
    mutationFn: (from: TaggedRun) => saveNotes(client.runs, from, { notes, tags: splitTags(tags) }),
    onSuccess: (outcome) => {
      if (outcome.kind === 'conflict') {
        setTheirs(outcome.now);
        return;
      }
      cache.setQueryData(runKey(outcome.run.id), outcome.run);
      tell('done', 'Tags and notes are saved.');
      onClose();
    },
  });
  const takeTheirs = (now: TaggedRun): void => {
    setBase(now);
    setTags(now.run.tags.join(', '));
    setNotes(now.run.notes);
    setTheirs(null);
  };
  const actions = (
    <>
      <Button onClick={onClose}>Discard</Button>
      {theirs !== null && <Button onClick={() => takeTheirs(theirs)}>Take theirs</Button>}
      <Button kind="primary" isBusy={save.isPending} onClick={() => save.mutate(theirs ?? base)}>
        {theirs === null ? 'Save' : 'Overwrite with mine'}
      </Button>
    </>
  );
  return (
    <Dialog title="Tags and notes" actions={actions} onClose={onClose}>
      <div className="run-notes-form">
        {theirs !== null && (
          <div className="run-conflict" role="alert">
            <strong>Somebody has changed them meanwhile.</strong>
            <div>Tags: {theirs.run.tags.join(', ') || 'none'}</div>
            <div className="run-notes">Notes: {theirs.run.notes || 'none'}</div>
          </div>
        )}
        <TextField label="Tags" hint="Separated by commas, at most 20" value={tags} onChange={setTags} />
        <div className="field">
          <label htmlFor={notesId}>Notes</label>
          <textarea
            id={notesId}
            rows={7}
            value={notes}
            maxLength={10_000}
            onChange={(event) => setNotes(event.target.value)}
          />
        </div>
        {save.error !== null && (
          <div role="alert">
            <p className="field-error">{messageOf(save.error)}</p>
            <ProblemList problems={problemsOf(save.error)} />
          </div>
        )}
      </div>
    </Dialog>
  );
}
