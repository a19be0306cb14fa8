import { useState, type ReactNode } from 'react';
import { Button } from '../../ui/Button.js';
import { Dialog } from '../../ui/Dialog.js';
import type { RunRow } from './runsApi.js';

interface DeleteDialogProps {
  readonly run: RunRow;
  readonly onDelete: () => Promise<unknown>;
  readonly onClose: () => void;
}

/** Asks before a run is deleted. */
export function DeleteDialog({ run, onDelete, onClose }: DeleteDialogProps): ReactNode {
  const [isBusy, setBusy] = useState(false);
  const remove = async (): Promise<void> => {
    setBusy(true);
    await onDelete();
    onClose();
  };
  return (
    <Dialog
      title={`Delete ${run.name}?`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>Keep it</Button>
          <Button kind="danger" isBusy={isBusy} onClick={() => void remove()}>
            Delete the run
          </Button>
        </>
      }
    >
      <p>Its history, logs and checkpoints go with it, and do not come back.</p>
    </Dialog>
  );
}
