import { useId, useState, type KeyboardEvent, type ReactNode } from 'react';
import type { RunRow } from './runsApi.js';

/** Rows whose tags are offered. */
const LOOKED_AT = 500;

interface TagFilterProps {
  readonly tags: readonly string[];
  /** Those that are listed; their tags are offered. */
  readonly rows: readonly RunRow[];
  readonly onChange: (tags: readonly string[]) => void;
}

/** Tags that a run must have. */
export function TagFilter({ tags, rows, onChange }: TagFilterProps): ReactNode {
  const [text, setText] = useState('');
  const listId = useId();
  const known = [...new Set(rows.slice(0, LOOKED_AT).flatMap((row) => row.tags))].sort();
  const add = (tag: string): void => {
    if (tag !== '' && !tags.includes(tag)) onChange([...tags, tag]);
    setText('');
  };
  const onKeyDown = ({ key }: KeyboardEvent): void => {
    if (key === 'Enter') add(text.trim());
    else if (key === 'Backspace' && text === '') onChange(tags.slice(0, -1));
  };
  return (
    <span className="runs-tag-filter">
      {tags.map((tag) => (
        <button
          key={tag}
          type="button"
          className="runs-tag"
          aria-label={`Runs without the tag ${tag} too`}
          onClick={() => onChange(tags.filter((other) => other !== tag))}
        >
          {tag} <span aria-hidden="true">✕</span>
        </button>
      ))}
      <input
        aria-label="Only runs with the tag"
        placeholder="Tag"
        list={listId}
        value={text}
        onChange={({ target }) => (known.includes(target.value) ? add(target.value) : setText(target.value))}
        onKeyDown={onKeyDown}
        onBlur={() => add(text.trim())}
      />
      <datalist id={listId}>
        {known.map((tag) => (
          <option key={tag} value={tag} />
        ))}
      </datalist>
    </span>
  );
}
