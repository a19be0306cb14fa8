// Keys for everything: pages say which they know while they are shown, and `?` lists them.

import { createContext, use, useEffect, useEffectEvent, useMemo, useState, type ReactNode } from 'react';
import { KeyReader, type Shortcut } from './keys.js';
import { KeysDialog } from './KeysDialog.js';
import { loadTakesCharacters } from './setting.js';

interface Keys {
  readonly reader: KeyReader;
  readonly list: () => void;
}
const KeysContext = createContext<Keys | null>(null);

export function ShortcutsProvider({ children }: { readonly children: ReactNode }): ReactNode {
  const [reader] = useState(() => new KeyReader(loadTakesCharacters(window.localStorage)));
  const [shown, setShown] = useState<readonly Shortcut[] | null>(null);
  const keys = useMemo(() => ({ reader, list: () => setShown(reader.list()) }), [reader]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (document.querySelector('dialog[open]') !== null) return; // It hides the page that the keys are about.
      const { key, ctrlKey, metaKey, altKey } = event;
      // Of an editor in a shadow root, the event itself names the root's host alone.
      const target = event.composedPath()[0] ?? null;
      if (reader.read({ key, ctrlKey, metaKey, altKey, target })) event.preventDefault();
    };
    const forget = reader.add({ keys: '?', what: 'List the keys', run: keys.list });
    document.addEventListener('keydown', onKey);
    return () => {
      document.removeEventListener('keydown', onKey);
      forget();
    };
  }, [reader, keys]);
  return (
    <KeysContext value={keys}>
      {children}
      {shown !== null && <KeysDialog reader={reader} shown={shown} onClose={() => setShown(null)} />}
    </KeysContext>
  );
}

/** Lists the keys without one: for a button. */
export function useKeyList(): () => void {
  const keys = use(KeysContext);
  return () => keys?.list();
}

/**
 * Makes keys do something while the caller is shown. `keys` is one key as the keyboard names it, or several to be pressed
 * one after the other, such as "g r". Keys typed into a field do nothing but type.
 */
export function useShortcut(keys: string, what: string, run: () => void): void {
  const reader = use(KeysContext)?.reader;
  const onKeys = useEffectEvent(run);
  useEffect(() => reader?.add({ keys, what, run: () => onKeys() }), [reader, keys, what]);
}
