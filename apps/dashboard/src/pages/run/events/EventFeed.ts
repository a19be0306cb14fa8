// What happens to a run, in this page: its events and the lines of its log, from the first one on, then live.

import type { LogBatch, RunsResource, StoredRunEvent } from '@gradstream/sdk';
import { Beginning, type LineList } from './lineList.js';

export type LogLine = LogBatch['lines'][number];

export type HistoryStatus =
  | { readonly kind: 'loading' | 'live' | 'reconnecting' | 'ended' }
  | { readonly kind: 'failed'; readonly error: unknown };

interface RunHistory {
  /** All but lines of the log, in the order in which they were stored; another array only when there is another event. */
  readonly events: readonly StoredRunEvent[];
  readonly lines: LineList<LogLine>;
  readonly status: HistoryStatus;
}

/** A line of the log, out of its event; null for other events. */
function toLine({ event, ...place }: StoredRunEvent): LogLine | null {
  return event.type === 'log' ? { ...place, level: event.level, message: event.message } : null;
}

export class EventFeed {
  readonly #listeners = new Set<() => void>();
  /** It grows in its place: a log is long, and told in many small parts. */
  readonly #lines: LogLine[] = [];
  #history: RunHistory = { events: [], lines: new Beginning([]), status: { kind: 'loading' } };
  #cursor: string | undefined;

  constructor(
    private readonly source: Pick<RunsResource, 'followEvents'>,
    private readonly runId: string,
  ) {}

  /** For React: another object only when something has changed. */
  readonly snapshot = (): RunHistory => this.#history;
  readonly events = (): RunHistory['events'] => this.#history.events;
  readonly status = (): HistoryStatus => this.#history.status;
  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  };

  /** Reads on from where it stands until the run has ended, or until the signal; a failure is a status. */
  async run(signal: AbortSignal): Promise<void> {
    const become = (status: HistoryStatus): void => {
      if (!signal.aborted) this.#change({ status });
    };
    const after = this.#cursor === undefined ? {} : { after: this.#cursor };
    const options = {
      ...{ ...after, signal },
      onConnected: () => become({ kind: 'live' }),
      onReconnect: () => become({ kind: 'reconnecting' }),
    };
    try {
      for await (const { events, cursor } of this.source.followEvents(this.runId, options)) {
        if (signal.aborted) return;
        this.#cursor = cursor;
        this.#take(events);
      }
      become({ kind: 'ended' });
    } catch (error) {
      become({ kind: 'failed', error });
    }
  }

  #take(stored: readonly StoredRunEvent[]): void {
    const { length } = this.#lines;
    for (const one of stored) {
      const line = toLine(one);
      if (line !== null) this.#lines.push(line);
    }
    const events = stored.filter(({ event }) => event.type !== 'log');
    this.#change({
      ...(events.length > 0 && { events: [...this.#history.events, ...events] }),
      ...(this.#lines.length > length && { lines: new Beginning(this.#lines) }),
    });
  }

  #change(changes: Partial<RunHistory>): void {
    this.#history = { ...this.#history, ...changes };
    for (const listener of this.#listeners) listener();
  }
}
