// Notices that another worker is gone. TensorFlow's collectives wait for a dead peer as for a slow one, until their
// time-out; so each worker asks the others for a sign of life, and ends its collectives when one gives none.

import type { EagerContext } from '../native/eager.js';
import { Status, type Native } from '../native/native.js';
import { taskName, type ClusterOptions } from './cluster.js';

const INTERVAL_MS = 1000;
/** Until every peer has answered once: one that dies before that is noticed by time-out only. */
const FIRST_INTERVAL_MS = 100;
const ANSWER_MS = 5000;
/** Failures in a row after which a peer counts as lost. */
const FAILURES = 2;
/** absl's codes. */
const OK = 0;
const FAILED_PRECONDITION = 9;
const INTERNAL = 13;
const UNAVAILABLE = 14;

/** Ends all collectives of this process, those that run and those to come, with a status of TensorFlow. */
export function abortCollectives(native: Native, context: EagerContext, code: number, reason: string): void {
  const status = new Status(native.api);
  try {
    native.api.TF_SetStatus(status.pointer, code, reason);
    native.api.TFE_AbortCollectiveOps(context.pointer, status.pointer);
  } finally {
    status.delete();
  }
}

/** Watches the other workers while the event loop runs; a blocking call is left to its time-out. */
export class PeerWatch {
  /** Failures in a row of peers that were reached once; before that they may not have started yet. */
  readonly #failures = new Map<number, number>();
  #lost = false;

  constructor(
    private readonly native: Native,
    private readonly context: EagerContext,
    private readonly cluster: ClusterOptions,
  ) {}

  /** Does not keep the process alive. */
  start(): void {
    const allSeen = this.#failures.size === this.cluster.addresses.length - 1;
    const next = (): void => {
      this.#round()
        .then(() => {
          if (!this.#lost) this.start();
        })
        .catch((error: unknown) => {
          this.#fail(error);
        });
    };
    setTimeout(next, allSeen ? INTERVAL_MS : FIRST_INTERVAL_MS).unref();
  }

  /** A watch that cannot ask any more says so where it is heard: in the collectives. */
  #fail(error: unknown): void {
    this.#lost = true;
    const why = error instanceof Error ? error.message : String(error);
    const reason = `the other workers cannot be watched any more (${why}): start all workers again from the last checkpoint`;
    abortCollectives(this.native, this.context, INTERNAL, reason);
  }

  async #round(): Promise<void> {
    const { addresses, taskIndex } = this.cluster;
    const peers = addresses.map((_, index) => index).filter((index) => index !== taskIndex);
    await Promise.all(peers.map((peer) => this.#check(peer)));
  }

  async #check(peer: number): Promise<void> {
    const code = await this.#ask(peer);
    const before = this.#failures.get(peer);
    if (code === OK) this.#failures.set(peer, 0);
    if (before === undefined || this.#lost || (code !== UNAVAILABLE && code !== FAILED_PRECONDITION)) return;
    this.#failures.set(peer, before + 1);
    if (before + 1 < FAILURES) return;
    this.#lost = true;
    const reason = `worker ${peer} (${this.cluster.addresses[peer] ?? ''}) does not answer any more`;
    abortCollectives(this.native, this.context, UNAVAILABLE, reason);
  }

  /** The code of the peer's answer: OK, UNAVAILABLE when nothing listens, FAILED_PRECONDITION when it was restarted. */
  async #ask(peer: number): Promise<number> {
    const { api } = this.native;
    const status = new Status(api);
    try {
      await new Promise<void>((resolve, reject) => {
        api.TFE_CollectiveOpsCheckPeerHealth.async(
          ...([this.context.pointer, taskName(peer), ANSWER_MS, status.pointer] as const),
          (error) => {
            if (error) reject(error);
            else resolve();
          },
        );
      });
      return api.TF_GetCode(status.pointer);
    } finally {
      status.delete();
    }
  }
}
