import { isFinal, type Run } from '@gradstream/sdk';
import { useMemo, useRef, useState, useSyncExternalStore, type ReactNode } from 'react';
import { useSearchParams } from 'react-router';
import { useShortcut } from '../../../keyboard/Shortcuts.js';
import { Button } from '../../../ui/Button.js';
import { saveBlob } from '../../../ui/saveBlob.js';
import { EmptyState, ErrorState, LoadingState } from '../../../ui/States.js';
import { fileNameOf } from '../checkpoints/best.js';
import type { EventFeed } from '../events/EventFeed.js';
import { findHits } from './hits.js';
import { asText, levelNames, levelOf, linesFrom, logLevels } from './lines.js';
import { LogLines } from './LogLines.js';
import { LogSearch } from './LogSearch.js';
import './log.css';

interface LogTabProps {
  readonly run: Run;
  readonly history: EventFeed;
}

/** What the run's trainers wrote. Level and search are in the address (`level`, `find`). */
export function LogTab({ run, history }: LogTabProps): ReactNode {
  const { lines, status } = useSyncExternalStore(history.subscribe, history.snapshot);
  const [params, setParams] = useSearchParams();
  const level = levelOf(params.get('level'));
  // What is typed is shown at once; the address follows.
  const [query, setQuery] = useState(() => params.get('find') ?? '');
  const field = useRef<HTMLInputElement>(null);
  const [current, setCurrent] = useState<number | null>(null);
  const [isFollowing, setFollowing] = useState(!isFinal(run.state));
  const shown = useMemo(() => linesFrom(lines, level), [lines, level]);
  const hits = useMemo(() => findHits(shown, query), [shown, query]);
  useShortcut('/', 'Search the log', () => field.current?.focus());
  const set = (name: string, value: string): void => {
    setCurrent(null);
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        if (value === '') next.delete(name);
        else next.set(name, value);
        return next;
      },
      { replace: true },
    );
  };
  const go = (by: 1 | -1): void => {
    if (hits.length === 0) return;
    const from = current ?? (by === 1 ? -1 : 0);
    setFollowing(false);
    setCurrent((from + by + hits.length) % hits.length);
  };
  if (status.kind === 'failed') return <ErrorState error={status.error} />;
  if (lines.length === 0) {
    if (status.kind === 'loading') return <LoadingState what="the log" />;
    return (
      <EmptyState title="The log is empty">
        {isFinal(run.state)
          ? 'The trainer of this run wrote nothing.'
          : 'What its trainer writes appears here as soon as it is written.'}
      </EmptyState>
    );
  }
  return (
    <section className="log card" aria-label="Log">
      <div className="log-tools">
        <LogSearch
          {...{ query, current, field, hits: hits.length, onGo: go }}
          onQuery={(text) => {
            setQuery(text);
            set('find', text);
          }}
        />
        <select
          aria-label="Level"
          value={level}
          onChange={(event) => set('level', event.target.value === 'info' ? '' : event.target.value)}
        >
          {logLevels.map((one) => (
            <option key={one} value={one}>
              {levelNames[one]}
            </option>
          ))}
        </select>
        <label className="log-follow">
          <input
            type="checkbox"
            checked={isFollowing}
            onChange={(event) => setFollowing(event.target.checked)}
          />
          Follow
        </label>
        <span className="hint number log-total">
          {shown.length === lines.length
            ? `${lines.length} lines`
            : `${shown.length} of ${lines.length} lines`}
          {status.kind === 'reconnecting' && ', reconnecting …'}
        </span>
        <Button
          onClick={() =>
            saveBlob(new Blob([asText(shown)], { type: 'text/plain' }), fileNameOf(run.name, run.step, 'log'))
          }
        >
          Download
        </Button>
      </div>
      {shown.length === 0 ? (
        <EmptyState title="No line of this level">
          <Button onClick={() => set('level', '')}>Show all levels</Button>
        </EmptyState>
      ) : (
        <>
          <div className="log-row log-head" aria-hidden="true">
            <span>Time</span>
            <span className="log-step">Step</span>
            <span className="log-attempt">Try</span>
            <span>Line</span>
          </div>
          <LogLines lines={shown} {...{ hits, current, isFollowing }} onFollow={setFollowing} />
        </>
      )}
    </section>
  );
}
