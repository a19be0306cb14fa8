import type { Run } from '@gradstream/sdk';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { Button } from '../../../ui/Button.js';

interface RunNotesProps {
  readonly run: Run;
  readonly canWrite: boolean;
  readonly onEdit: () => void;
}

/** What people have written about a run; a tag leads to all runs that have it. */
export function RunNotes({ run: { tags, notes }, canWrite, onEdit }: RunNotesProps): ReactNode {
  return (
    <div className="run-written">
      {tags.map((tag) => (
        <Link key={tag} className="run-tag" to={`/runs?tag=${encodeURIComponent(tag)}`}>
          {tag}
        </Link>
      ))}
      {notes !== '' && <p className="run-notes">{notes}</p>}
      {canWrite && (
        <Button kind="quiet" onClick={onEdit}>
          {tags.length === 0 && notes === '' ? 'Add tags or notes' : 'Edit tags and notes'}
        </Button>
      )}
    </div>
  );
}
