// What every stream of a run in this page has: how the page stands to it, its names, and who is told of changes.

import { Clock } from '../charts/clock.js';
import { Listeners } from './listeners.js';

/** How the page stands to a run's stream. */
export type FeedStatus =
  | { readonly kind: 'loading' }
  | { readonly kind: 'live' }
  | { readonly kind: 'reconnecting'; readonly lastStep: number }
  | { readonly kind: 'ended' }
  | { readonly kind: 'failed'; readonly error: unknown };

/** For the SDK's followers: they end with the signal, and tell how the connection is. */
export interface Following {
  readonly signal: AbortSignal;
  readonly onConnected: () => void;
  readonly onReconnect: () => void;
}

export abstract class Feed {
  readonly clock: Clock;
  protected lastStep = 0;
  readonly #points = new Listeners();
  readonly #states = new Listeners();
  #names: readonly string[] = [];
  #status: FeedStatus = { kind: 'loading' };

  constructor(stepsPerEpoch: number | null) {
    this.clock = new Clock(stepsPerEpoch);
  }

  /** Says how many steps an epoch has, once that is known. */
  expectEpochs(stepsPerEpoch: number | null): void {
    this.clock.expect(stepsPerEpoch);
    this.#points.tell();
  }

  /** Reads anew what had ended, as a run has that is tried again, or could not be read; what is shown stays until then. */
  resume(signal: AbortSignal): void {
    if (this.#status.kind === 'ended' || this.#status.kind === 'failed') void this.run(signal);
  }

  /** Told whenever numbers have changed. */
  readonly points = { subscribe: this.#points.subscribe };

  /** For React: names and status; another array of names only when there is another name. */
  readonly subscribe = this.#states.subscribe;
  readonly names = (): readonly string[] => this.#names;
  readonly status = (): FeedStatus => this.#status;

  /** Reads until the run has ended, through its attempts, or until the signal; a failure is a status. */
  async run(signal: AbortSignal): Promise<void> {
    const become = (status: FeedStatus): void => {
      if (signal.aborted) return;
      this.#status = status;
      this.#states.tell();
    };
    try {
      await this.read({
        signal,
        onConnected: () => become({ kind: 'live' }),
        onReconnect: () => become({ kind: 'reconnecting', lastStep: this.lastStep }),
      });
      become({ kind: 'ended' });
    } catch (error) {
      become({ kind: 'failed', error });
    }
  }

  /** Reads what there is, then follows it to the run's end. */
  protected abstract read(following: Following): Promise<void>;

  /** Tells that numbers have changed, of series or layers with these names, in the order in which they are listed. */
  protected changed(names: readonly string[]): void {
    if (names.length !== this.#names.length) {
      this.#names = names;
      this.#states.tell();
    }
    this.#points.tell();
  }
}
