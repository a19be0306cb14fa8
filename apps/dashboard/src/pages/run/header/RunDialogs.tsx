import { isFinal, type Run } from '@gradstream/sdk';
import type { ReactNode } from 'react';
import { ConfirmDialog } from '../dialogs/ConfirmDialog.js';
import { ForkDialog } from '../dialogs/ForkDialog.js';
import { RetryDialog } from '../dialogs/RetryDialog.js';
import { NotesDialog } from '../../notes/NotesDialog.js';
import type { Asked } from './useRunCommand.js';

export type OpenDialog = 'cancel' | 'retry' | 'fork' | 'delete' | 'notes';

interface RunDialogsProps {
  readonly run: Run;
  readonly open: OpenDialog | null;
  readonly isBusy: boolean;
  /** Why the last command was not taken. */
  readonly refusal: unknown;
  readonly onAsk: (asked: Asked) => void;
  readonly onClose: () => void;
}

/** The dialog that is open over a run's page, if any. */
export function RunDialogs({ run, open, isBusy, refusal, onAsk, onClose }: RunDialogsProps): ReactNode {
  switch (open) {
    case 'cancel':
      return (
        <ConfirmDialog
          title={`Cancel ${run.name}?`}
          {...{ action: 'Cancel the run', keep: 'Let it train', isBusy, refusal, onClose }}
          onConfirm={() => onAsk('cancel')}
        >
          <p>
            {isFinal(run.state) ? 'It has ended meanwhile.' : `It stops at step ${run.step} or the next one.`}{' '}
            Its history and checkpoints stay, and a retry goes on from the last one.
          </p>
        </ConfirmDialog>
      );
    case 'delete':
      return (
        <ConfirmDialog
          title={`Delete ${run.name}?`}
          {...{ action: 'Delete the run', keep: 'Keep it', isBusy, refusal, onClose }}
          onConfirm={() => onAsk('delete')}
        >
          <p>Its history, log and checkpoints go with it, pinned ones too, and do not come back.</p>
        </ConfirmDialog>
      );
    case 'retry':
      return (
        <RetryDialog
          {...{ run, isBusy, refusal, onClose }}
          onRetry={(fromStart) => onAsk(fromStart ? 'retryFromStart' : 'retry')}
        />
      );
    case 'fork':
      return <ForkDialog run={run} onClose={onClose} />;
    case 'notes':
      return <NotesDialog run={run} onClose={onClose} />;
    case null:
      return null;
  }
}
