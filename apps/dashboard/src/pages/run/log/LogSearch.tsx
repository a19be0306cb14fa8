import { useId, type KeyboardEvent, type Ref, type ReactNode } from 'react';
import { Button } from '../../../ui/Button.js';

interface LogSearchProps {
  readonly query: string;
  readonly hits: number;
  /** Which hit one is at, counted from 0; null for none. */
  readonly current: number | null;
  readonly field: Ref<HTMLInputElement>;
  readonly onQuery: (query: string) => void;
  readonly onGo: (by: 1 | -1) => void;
}

const counted = ({ query, hits, current }: LogSearchProps): string => {
  if (query === '') return '';
  if (hits === 0) return 'no hit';
  return `${current === null ? '' : `${current + 1} of `}${hits} hit${hits === 1 ? '' : 's'}`;
};

/** A field to search with: Enter goes to the next hit, with Shift to the one before. */
export function LogSearch(props: LogSearchProps): ReactNode {
  const { query, hits, field, onQuery, onGo } = props;
  const id = useId();
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') onGo(event.shiftKey ? -1 : 1);
    else if (event.key === 'Escape') onQuery('');
    else return;
    event.preventDefault();
  };
  return (
    <div className="log-search">
      <label className="visually-hidden" htmlFor={id}>
        Search the log
      </label>
      <input
        ref={field}
        id={id}
        type="search"
        placeholder="Search (/)"
        value={query}
        onChange={(event) => onQuery(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <Button kind="quiet" disabled={hits === 0} aria-label="Hit before" onClick={() => onGo(-1)}>
        ↑
      </Button>
      <Button kind="quiet" disabled={hits === 0} aria-label="Next hit" onClick={() => onGo(1)}>
        ↓
      </Button>
      <span className="log-count number hint" role="status">
        {counted(props)}
      </span>
    </div>
  );
}
