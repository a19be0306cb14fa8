import type { ReactNode } from 'react';
import { NotesDialog } from '../notes/NotesDialog.js';
import { CancelDialog } from './CancelDialog.js';
import { DeleteDialog } from './DeleteDialog.js';
import { MetricsDialog } from './MetricsDialog.js';
import type { RunRow } from './runsApi.js';
import type { RunSort, RunsView } from './runsView.js';
import type { ChangeView } from './useRunsView.js';

/** What somebody wants to do that needs a dialog. */
export type Asked =
  | { readonly what: 'metrics' }
  | { readonly what: 'cancel'; readonly ids: readonly string[] }
  | { readonly what: 'edit' | 'delete'; readonly run: RunRow };

interface RunsDialogsProps {
  readonly asked: Asked;
  readonly view: RunsView;
  readonly change: ChangeView;
  readonly rows: readonly RunRow[];
  readonly refresh: (ids: readonly string[]) => Promise<unknown>;
  readonly onSort: (sort: RunSort) => void;
  readonly onDelete: (run: RunRow) => Promise<unknown>;
  readonly onClose: () => void;
}

/** The dialog that is open. */
export function RunsDialogs(props: RunsDialogsProps): ReactNode {
  const { asked, view, change, rows, refresh, onSort, onDelete, onClose } = props;
  switch (asked.what) {
    case 'metrics':
      return (
        <MetricsDialog
          {...{ rows, onSort, onClose, columns: view.columns }}
          onChange={(columns) => change(() => ({ columns }))}
        />
      );
    case 'cancel':
      return <CancelDialog {...{ refresh, onClose, ids: asked.ids }} />;
    case 'edit':
      return <NotesDialog {...{ onClose, run: asked.run }} onSaved={() => refresh([asked.run.id])} />;
    case 'delete':
      return <DeleteDialog {...{ onClose, run: asked.run }} onDelete={() => onDelete(asked.run)} />;
  }
}
