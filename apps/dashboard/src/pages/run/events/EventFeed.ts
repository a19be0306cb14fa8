// What happens to a run, in this page: its events and the lines of its log, from the first one on, then live.

import type { LogBatch, RunsResource, StoredRunEvent } from '@gradstream/sdk';

export type LogLine = LogBatch['lines'][number];

export type HistoryStatus =
  | { readonly kind: 'loading' | 'live' | 'reconnecting' | 'ended' }
  | { readonly kind: 'failed'; readonly error: unknown };

export interface RunHistory {
  /** All but lines of the log, in the order in which they were stored. */
  readonly events: readonly StoredRunEvent[];
  readonly lines: readonly LogLine[];
  readonly status: HistoryStatus;
}

/** A line of the log, out of its event; null for other events. */
function toLine({ event, ...place }: StoredRunEvent): LogLine | null {
  return event.type === 'log' ? { ...place, level: event.level, message: event.message } : null;
}

export class EventFeed {
  readonly #listeners = new Set<() => void>();
  #history: RunHistory = { events: [], lines: [], status: { kind: 'loading' } };
  #cursor: string | undefined;

  constructor(
    private readonly source: Pick<RunsResource, 'followEvents'>,
    private readonly runId: string,
  ) {}

  /** For React: another object only when something has changed. */
  readonly snapshot = (): RunHistory => this.#history;
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
    const lines = stored.flatMap((one) => toLine(one) ?? []);
    const events = stored.filter(({ event }) => event.type !== 'log');
    this.#change({
      events: [...this.#history.events, ...events],
      lines: [...this.#history.lines, ...lines],
    });
  }

  #change(changes: Partial<RunHistory>): void {
    this.#history = { ...this.#history, ...changes };
    for (const listener of this.#listeners) listener();
  }
}
