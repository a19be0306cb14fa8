import type { Run } from '@gradstream/sdk';
import { useMemo, useSyncExternalStore, type ReactNode } from 'react';
import { markLooks } from '../../../charts/marks.js';
import { formatTime } from '../../../ui/format.js';
import { EmptyState, ErrorState, LoadingState } from '../../../ui/States.js';
import type { EventFeed } from './EventFeed.js';
import type { Happening, HappeningKind } from './happenings.js';
import { timelineOf, type TimelineEntry } from './timeline.js';
import './events.css';

interface EventsTabProps {
  readonly run: Run;
  readonly history: EventFeed;
}

const OTHER_LOOKS = {
  started: { sign: '▸', color: 'muted' },
  released: { sign: '⇄', color: 'warning' },
} as const;
const lookOf = (kind: HappeningKind) =>
  kind === 'started' || kind === 'released' ? OTHER_LOOKS[kind] : markLooks[kind];

/** The failed end of a run is told in another colour than a good one. */
function colorOf({ kind, title }: Happening): string {
  if (kind !== 'ended') return lookOf(kind).color;
  return title === 'succeeded' ? 'good' : title === 'failed' ? 'danger' : 'muted';
}

function titleOf({ last, all }: TimelineEntry): string {
  if (all.length === 1) return last.title;
  return `${all.length} checkpoints, steps ${all.at(-1)?.step ?? 0} to ${last.step}`;
}

function Entry({ entry }: { readonly entry: TimelineEntry }): ReactNode {
  const { last, all } = entry;
  return (
    <li className="events-entry">
      <span className={`events-sign events-${colorOf(last)}`} aria-hidden="true">
        {lookOf(last.kind).sign}
      </span>
      <div className="events-what">
        <strong>{titleOf(entry)}</strong>
        {last.cause !== null && <span className="hint">{last.cause}</span>}
        {all.length > 1 && (
          <details>
            <summary>Show each</summary>
            <ul className="events-each number">
              {all.map(({ seq, step, time }) => (
                <li key={seq}>
                  step {step} <span className="hint">{formatTime(time)}</span>
                </li>
              ))}
            </ul>
          </details>
        )}
      </div>
      <span className="events-place number hint">
        step {last.step} · attempt {last.attempt}
      </span>
      <time className="events-time number hint" dateTime={last.time}>
        {formatTime(last.time)}
      </time>
    </li>
  );
}

/** What happened to the run, newest first: states, pauses, crashes, rewinds, retries, checkpoints. */
export function EventsTab({ run, history }: EventsTabProps): ReactNode {
  const events = useSyncExternalStore(history.subscribe, history.events);
  const status = useSyncExternalStore(history.subscribe, history.status);
  const entries = useMemo(() => timelineOf(events), [events]);
  if (status.kind === 'failed') return <ErrorState error={status.error} />;
  if (entries.length === 0) {
    if (status.kind === 'loading') return <LoadingState what="the events" />;
    return (
      <EmptyState title="Nothing has happened yet">
        {run.name} waits for a worker: its first event is told here when one takes it on.
      </EmptyState>
    );
  }
  return (
    <ol className="events card" aria-label="Events, newest first">
      {entries.map((entry) => (
        <Entry key={entry.all.at(-1)?.seq ?? entry.last.seq} entry={entry} />
      ))}
    </ol>
  );
}
