import type { ReactNode } from 'react';
import { Button } from '../../../ui/Button.js';
import { Dialog } from '../../../ui/Dialog.js';
import { Refusal } from '../../../ui/Refusal.js';

interface ConfirmDialogProps {
  readonly title: string;
  readonly children: ReactNode;
  /** The button that does it, in words. */
  readonly action: string;
  readonly keep: string;
  readonly isBusy: boolean;
  /** Why it was not done. */
  readonly refusal: unknown;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Asks before something that does not come back. */
export function ConfirmDialog(props: ConfirmDialogProps): ReactNode {
  const { title, children, action, keep, isBusy, refusal, onConfirm, onClose } = props;
  const actions = (
    <>
      <Button onClick={onClose}>{keep}</Button>
      <Button kind="danger" isBusy={isBusy} onClick={onConfirm}>
        {action}
      </Button>
    </>
  );
  return (
    <Dialog title={title} actions={actions} onClose={onClose}>
      {children}
      <Refusal error={refusal} />
    </Dialog>
  );
}
