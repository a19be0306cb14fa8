import { createContext, use, useCallback, useState, type ReactNode } from 'react';
import { Button } from './Button.js';
import './toasts.css';

interface Toast {
  readonly id: number;
  readonly kind: 'done' | 'failed';
  readonly text: string;
}

type Tell = (kind: Toast['kind'], text: string) => void;
const ToastContext = createContext<Tell>(() => undefined);

const DONE_MS = 5000;
let lastId = 0;

/** Short words on what came of a command. What was done goes by itself; what failed stays until it is closed. */
export function ToastProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const close = useCallback((id: number) => setToasts((all) => all.filter((toast) => toast.id !== id)), []);
  const tell = useCallback<Tell>(
    (kind, text) => {
      const id = ++lastId;
      setToasts((all) => [...all.slice(-3), { id, kind, text }]);
      if (kind === 'done') setTimeout(() => close(id), DONE_MS);
    },
    [close],
  );
  return (
    <ToastContext value={tell}>
      {children}
      <div className="toasts" role="status" aria-live="polite">
        {toasts.map(({ id, kind, text }) => (
          <div key={id} className={`toast toast-${kind}`}>
            <span>{text}</span>
            <Button kind="quiet" aria-label="Close" onClick={() => close(id)}>
              ✕
            </Button>
          </div>
        ))}
      </div>
    </ToastContext>
  );
}

/** Tells of a command that was done, or that failed. */
export const useTell = (): Tell => use(ToastContext);
