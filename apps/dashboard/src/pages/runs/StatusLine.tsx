import type { ReactNode } from 'react';
import { Button } from '../../ui/Button.js';
import { MAX_COMPARED } from './runsView.js';

interface StatusLineProps {
  readonly total: number;
  readonly isFiltered: boolean;
  readonly selected: number;
  /** How many more runs match by now. */
  readonly news: number;
  readonly lost: string | null;
  readonly canWrite: boolean;
  readonly onShowNews: () => void;
  readonly onCompare: () => void;
  readonly onCancel: () => void;
  readonly onClear: () => void;
}

/** How many there are, and what can be done with those that are selected. */
export function StatusLine(props: StatusLineProps): ReactNode {
  const { total, isFiltered, selected, news, lost, canWrite } = props;
  const count = `${total.toLocaleString('en-US')} ${total === 1 ? 'run' : 'runs'}`;
  return (
    <div className="runs-status">
      <span role="status">
        {isFiltered ? `${count} ${total === 1 ? 'matches' : 'match'}` : count}
        {selected > 0 && `, ${selected} selected`}
      </span>
      {lost !== null && (
        <span className="runs-lost" title={lost}>
          <span aria-hidden="true">⚠</span> Not up to date: the server does not answer. Trying again …
        </span>
      )}
      {news > 0 && (
        <Button kind="quiet" onClick={props.onShowNews}>
          {news === 1 ? 'One more run' : `${news} more runs`}: show
        </Button>
      )}
      {selected > 0 && (
        <span className="runs-commands">
          <Button
            disabled={selected < 2 || selected > MAX_COMPARED}
            title={`2 to ${MAX_COMPARED} runs can be compared (c)`}
            onClick={props.onCompare}
          >
            Compare
          </Button>
          <Button kind="danger" disabled={!canWrite} onClick={props.onCancel}>
            Cancel …
          </Button>
          <Button kind="quiet" onClick={props.onClear}>
            Clear
          </Button>
        </span>
      )}
    </div>
  );
}
