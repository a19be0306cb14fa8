import { useEffect, useRef, useState, type ReactNode } from 'react';
import { useShortcut } from '../../keyboard/Shortcuts.js';

/** Typing does not ask the server at each letter, but after so many ms of none. */
const SETTLE_MS = 250;

interface SearchFieldProps {
  readonly value: string;
  readonly onSearch: (text: string) => void;
}

/** Searches in names, ids, tags and notes. */
export function SearchField({ value, onSearch }: SearchFieldProps): ReactNode {
  const [text, setText] = useState(value);
  const [known, setKnown] = useState(value);
  const field = useRef<HTMLInputElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useShortcut('/', 'Search the runs', () => field.current?.focus());
  useEffect(() => () => clearTimeout(timer.current), []);
  if (value !== known) {
    // Another link was followed, or what was typed has arrived in the address.
    setKnown(value);
    if (value !== text.trim()) setText(value);
  }
  const send = (typed: string): void => {
    clearTimeout(timer.current);
    onSearch(typed.trim());
  };
  return (
    <input
      ref={field}
      type="search"
      className="runs-search"
      aria-label="Search the runs"
      placeholder="Search name, id, tag, notes  ( / )"
      value={text}
      onChange={({ target }) => {
        setText(target.value);
        clearTimeout(timer.current);
        timer.current = setTimeout(() => send(target.value), SETTLE_MS);
      }}
      onKeyDown={({ key, currentTarget }) => {
        if (key === 'Enter') send(text);
        if (key === 'Escape') currentTarget.blur();
      }}
    />
  );
}
