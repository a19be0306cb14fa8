import { useState, type ReactNode } from 'react';
import { Dialog } from '../ui/Dialog.js';
import type { KeyReader, Shortcut } from './keys.js';
import { saveTakesCharacters } from './setting.js';
import './shortcuts.css';

interface KeysDialogProps {
  readonly reader: KeyReader;
  readonly shown: readonly Shortcut[];
  readonly onClose: () => void;
}

/** What the keys do, and the switch for those that are hit or spoken by mistake. */
export function KeysDialog({ reader, shown, onClose }: KeysDialogProps): ReactNode {
  const [takes, setTakes] = useState(reader.takesCharacters);
  const change = (next: boolean): void => {
    reader.takeCharacters(next);
    saveTakesCharacters(window.localStorage, next);
    setTakes(next);
  };
  return (
    <Dialog title="Keys" onClose={onClose}>
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
      <label className="shortcuts-switch">
        <input type="checkbox" checked={takes} onChange={({ target }) => change(target.checked)} />
        <span>
          Letters and signs are keys
          <span className="hint">
            Without them, Enter and the arrows still are. This list is in the menu of the project, too.
          </span>
        </span>
      </label>
    </Dialog>
  );
}
