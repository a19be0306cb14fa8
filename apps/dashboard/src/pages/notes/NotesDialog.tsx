import type { Run, TaggedRun } from '@gradstream/sdk';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useId, useState, type ReactNode } from 'react';
import { useClient } from '../../session/SessionProvider.js';
import { Button } from '../../ui/Button.js';
import { Dialog } from '../../ui/Dialog.js';
import { Refusal } from '../../ui/Refusal.js';
import { ErrorState, LoadingState } from '../../ui/States.js';
import { useTell } from '../../ui/Toasts.js';
import { runKey } from '../run/queries.js';
import { saveNotes } from './saveNotes.js';
import { TagEditor } from './TagEditor.js';
import { withTag } from './tags.js';
import './notes.css';

interface NotesDialogProps {
  readonly run: Pick<Run, 'id' | 'name'>;
  /** Called when they are written, before the dialog closes. */
  readonly onSaved?: () => Promise<unknown>;
  readonly onClose: () => void;
}

interface NotesFormProps {
  readonly title: string;
  readonly seen: TaggedRun;
  readonly onSaved: () => Promise<unknown>;
  readonly onClose: () => void;
}

/** Changes tags and notes of a run, beginning with what the server has now. What others write meanwhile is not lost. */
export function NotesDialog({
  run: { id, name },
  onSaved = () => Promise.resolve(),
  onClose,
}: NotesDialogProps): ReactNode {
  const client = useClient();
  const { data, error, refetch } = useQuery({
    queryKey: [...runKey(id), 'notes'],
    queryFn: () => client.runs.getWithEtag(id),
    ...{ gcTime: 0, staleTime: Infinity, refetchOnWindowFocus: false, refetchOnReconnect: false },
  });
  const title = `Tags and notes of ${name}`;
  if (data) return <NotesForm {...{ title, onSaved, onClose, seen: data }} />;
  return (
    <Dialog title={title} onClose={onClose}>
      {error ? (
        <ErrorState error={error} onRetry={() => void refetch()} />
      ) : (
        <LoadingState what="tags and notes" />
      )}
    </Dialog>
  );
}

function NotesForm({ title, seen, onSaved, onClose }: NotesFormProps): ReactNode {
  const client = useClient();
  const cache = useQueryClient();
  const tell = useTell();
  const notesId = useId();
  const [base, setBase] = useState(seen);
  const [tags, setTags] = useState<readonly string[]>(seen.run.tags);
  const [adding, setAdding] = useState('');
  const [notes, setNotes] = useState(seen.run.notes);
  const [theirs, setTheirs] = useState<TaggedRun | null>(null);
  const save = useMutation({
    mutationFn: (from: TaggedRun) => saveNotes(client.runs, from, { notes, tags: withTag(tags, adding) }),
    onSuccess: async (outcome) => {
      if (outcome.kind === 'conflict') {
        setTheirs(outcome.now);
        return;
      }
      cache.setQueryData(runKey(outcome.run.id), outcome.run);
      tell('done', 'Tags and notes are saved.');
      await onSaved();
      onClose();
    },
  });
  const takeTheirs = (now: TaggedRun): void => {
    setBase(now);
    setTags(now.run.tags);
    setAdding('');
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
    <Dialog title={title} actions={actions} onClose={onClose}>
      <div className="notes-form">
        {theirs !== null && (
          <div className="notes-conflict" role="alert">
            <strong>Somebody has changed them meanwhile.</strong>
            <div>Tags: {theirs.run.tags.join(', ') || 'none'}</div>
            <div className="notes-theirs">Notes: {theirs.run.notes || 'none'}</div>
          </div>
        )}
        <TagEditor {...{ tags, adding, onAdding: setAdding, onChange: setTags }} />
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
        <Refusal error={save.error} />
      </div>
    </Dialog>
  );
}
