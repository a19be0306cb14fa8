import { useId, useState, type ReactNode } from 'react';
import { FieldMore } from './Field.js';
import './choicesField.css';

interface ChoicesFieldProps {
  readonly label: string;
  /** What is chosen, in short. */
  readonly summary: string;
  readonly hint?: ReactNode;
  readonly error?: string | null;
  readonly options: readonly string[];
  readonly chosen: ReadonlySet<string>;
  readonly onToggle: (option: string, isChosen: boolean) => void;
}

/** More are found by typing a part of the name. */
const SHOWN = 100;
const SEARCHED = 16;

/** Some of many: folded up to what is chosen, opened to boxes to tick. */
export function ChoicesField(props: ChoicesFieldProps): ReactNode {
  const { label, summary, hint, error = null, options, chosen, onToggle } = props;
  const id = useId();
  const [search, setSearch] = useState('');
  const found = options.filter((option) => option.toLowerCase().includes(search.trim().toLowerCase()));
  return (
    <div className="field choices-field">
      <span className="choices-label" id={id}>
        {label}
      </span>
      <details>
        <summary aria-describedby={`${id}-more`} aria-labelledby={`${id} ${id}-summary`}>
          <span id={`${id}-summary`}>{summary}</span>
        </summary>
        {options.length > SEARCHED && (
          <input
            type="search"
            aria-label={`Search in ${label.toLowerCase()}`}
            placeholder="Search …"
            value={search}
            onChange={(event) => setSearch(event.target.value)}
          />
        )}
        <div className="choices-list" role="group" aria-labelledby={id}>
          {found.slice(0, SHOWN).map((option) => (
            <label key={option}>
              <input
                type="checkbox"
                checked={chosen.has(option)}
                onChange={(event) => onToggle(option, event.target.checked)}
              />
              {option}
            </label>
          ))}
        </div>
        {found.length === 0 && <p className="hint">Nothing has such a name.</p>}
        {found.length > SHOWN && (
          <p className="hint">{found.length - SHOWN} more: type a part of the name to find them.</p>
        )}
      </details>
      <FieldMore id={`${id}-more`} hint={hint} error={error} />
    </div>
  );
}
