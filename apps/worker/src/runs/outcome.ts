// What becomes of a run when its trainer has ended, or before it began: pure tables.

import { asDiskFull, type FromTrainer, type RunFailure } from '@gradstream/contracts';
import type { Outcome, StopRequest } from '@gradstream/domain';
import { toGradstreamError } from '@gradstream/platform';
import type { TrainerExit } from '../trainer/process.js';

/** Why the worker asked the trainer to stop. */
export type StopCause = StopRequest | 'shutdown' | Breach;

/** A limit of the spec that an attempt has broken. */
export type Breach = Extract<FromTrainer, { type: 'failed' }>;

/** The trainer's own last word. */
export type Verdict = Extract<FromTrainer, { type: 'finished' | 'failed' }>;

export interface Ending {
  readonly verdict: Verdict | null;
  readonly exit: TrainerExit;
  readonly stopCause: StopCause | null;
  /** What the trainer said that is not of the protocol. */
  readonly violation: Error | null;
  /** Whether all checkpoints are stored. */
  readonly complete: boolean;
}

/** How the run ends, or that it is given back. */
export type Decision = { readonly end: Outcome } | { readonly release: string };

/** The end of a trainer that left without a word. */
function crashOf({ code, signal, logTail, memoryKill }: TrainerExit): RunFailure {
  if (signal === 'SIGKILL' && memoryKill) {
    const message =
      'The kernel killed the trainer for want of memory: use a smaller batch or model, or a machine with more.';
    return { code: 'OUT_OF_MEMORY', message, signal, logTail, errors: [] };
  }
  const how = signal ? `was ended by ${signal}` : `ended with exit code ${code ?? 'unknown'}`;
  const message = `The trainer process ${how} before it was done; its last lines tell more. Report it if it repeats.`;
  return { code: 'ENGINE_CRASHED', message, signal, logTail, errors: [] };
}

/** The end of a trainer whose words cannot be trusted, the earlier ones included. */
function protocolFailure({ message: problem }: Error, { logTail }: TrainerExit): RunFailure {
  const message =
    'The trainer said something that its worker does not understand, and was stopped. They are probably of different versions: install and build the same version of both ("npm run build"), then start the run again.';
  const said = `(not of the protocol: ${problem.replaceAll(/\s+/g, ' ').slice(0, 1000)})`;
  return { code: 'TRAINER_PROTOCOL', message, signal: null, logTail: [...logTail, said], errors: [] };
}

/** What the trainer or its limits say, as a run keeps it. */
const failureAt = ({ code, message, errors }: Breach, logTail: string[]): RunFailure => ({
  ...{ code, message, signal: null, logTail, errors },
});

/** What a stop makes of a run that is not done. One to be paused is given back, and rests unless it was resumed meanwhile. */
export function decideStopped(cause: StopCause, logTail: string[] = []): Decision {
  if (cause === 'cancel') return { end: { state: 'cancelled' } };
  if (typeof cause === 'object') return { end: { state: 'failed', failure: failureAt(cause, logTail) } };
  return { release: cause === 'pause' ? 'resumed before it had paused' : 'its worker was shut down' };
}

/**
 * Decides by a broken protocol first, by the trainer's word second, by what the worker asked for third, by the way it
 * died last. A run is done when its checkpoints are stored.
 */
export function decide({ verdict, exit, stopCause, violation, complete }: Ending): Decision {
  if (violation) return { end: { state: 'failed', failure: protocolFailure(violation, exit) } };
  if (verdict?.type === 'failed') {
    return { end: { state: 'failed', failure: failureAt(verdict, exit.logTail) } };
  }
  if (verdict?.outcome === 'completed' && complete) return { end: { state: 'succeeded' } };
  if (stopCause) return decideStopped(stopCause, exit.logTail);
  return { end: { state: 'failed', failure: crashOf(exit) } };
}

/** Why an attempt failed in the worker's own hands. */
export function failureOf(error: unknown): RunFailure {
  const { code, detail, errors } = asDiskFull(error) ?? toGradstreamError(error);
  const what = error instanceof Error ? error.message : String(error);
  const message =
    code === 'INTERNAL'
      ? `The worker could not go on: ${what}. Start the run again; if it repeats, the worker's log tells more.`
      : detail;
  return { code, message, signal: null, logTail: [], errors: [...errors] };
}
