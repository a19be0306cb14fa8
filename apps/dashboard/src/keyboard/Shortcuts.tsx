// Keys for everything: pages say which they know while they are shown, and `?` lists them.

import { createContext, use, useEffect, useEffectEvent, useState, type ReactNode } from 'react';
import { Dialog } from '../ui/Dialog.js';
import { KeyReader, type Shortcut } from './keys.js';
import './shortcuts.css';

const ReaderContext = createContext<KeyReader | null>(null);

export function ShortcutsProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const [reader] = useState(() => new KeyReader());
  const [shown, setShown] = useState<readonly Shortcut[] | null>(null);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (document.querySelector('dialog[open]') !== null) return; // It hides the page that the keys are about.
      const { key, ctrlKey, metaKey, altKey } = event;
      // Of an editor in a shadow root, the event itself names the root's host alone.
      const target = event.composedPath()[0] ?? null;
      if (reader.read({ key, ctrlKey, metaKey, altKey, target })) event.preventDefault();
    };
    const forget = reader.add({ keys: '?', what: 'List the keys', run: () => setShown(reader.list()) });
    document.addEventListener('keydown', onKey);
    return () => {
      document.removeEventListener('keydown', onKey);
      forget();
    };
  }, [reader]);
  return (
    <ReaderContext value={reader}>
      {children}
      {shown !== null && (
        <Dialog title="Keys" onClose={() => setShown(null)}>
          <dl className="shortcuts">
            {shown.map(({ keys, what }) => (
              <div key={keys}>
                <dt>
                  {keys.split(' ').map((key) => (
                    <kbd key={key}>{key}</kbd>
                  ))}
                </dt>
                <dd>{what}</dd>
              </div>
            ))}
          </dl>
        </Dialog>
      )}
    </ReaderContext>
  );
}

/**
 * Makes keys do something while the caller is shown. `keys` is one key as the keyboard names it, or several to be pressed
 * one after the other, such as "g r". Keys typed into a field do nothing but type.
 */
export function useShortcut(keys: string, what: string, run: () => void): void {
  const reader = use(ReaderContext);
  const onKeys = useEffectEvent(run);
  useEffect(() => reader?.add({ keys, what, run: () => onKeys() }), [reader, keys, what]);
}
