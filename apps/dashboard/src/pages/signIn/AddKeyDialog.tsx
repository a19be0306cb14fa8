import type { ReactNode } from 'react';
import { Dialog } from '../../ui/Dialog.js';
import { KeyForm } from './KeyForm.js';

/** Signs in to one more project. */
export function AddKeyDialog({ onClose }: { readonly onClose: () => void }): ReactNode {
  return (
    <Dialog title="Another project" onClose={onClose}>
      <p>Each key belongs to a project. Paste one of the project that you want to see.</p>
      <KeyForm onDone={onClose} />
    </Dialog>
  );
}
