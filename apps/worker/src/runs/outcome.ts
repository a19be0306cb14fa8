// What becomes of a run when its trainer has ended: one pure table.

import type { FromTrainer, RunFailure } from '@gradstream/contracts';
import type { Outcome } from '@gradstream/domain';
import type { TrainerExit } from '../trainer/process.js';

/** Why the worker asked the trainer to stop. */
export type StopCause = 'cancel' | 'shutdown';

/** The trainer's own last word. */
export type Verdict = Extract<FromTrainer, { type: 'finished' | 'failed' }>;

export interface Ending {
  readonly verdict: Verdict | null;
  readonly exit: TrainerExit;
  readonly stopCause: StopCause | null;
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
  const message = `The trainer process ${how} before it was done; its last lines tell more. Start the run again, and report it if it repeats.`;
  return { code: 'ENGINE_CRASHED', message, signal, logTail, errors: [] };
}

/** Decides by the trainer's word first, by what the worker asked for second, by the way it died last. */
export function decide({ verdict, exit, stopCause }: Ending): Decision {
  if (verdict?.type === 'failed') {
    const { code, message, errors } = verdict;
    return {
      end: { state: 'failed', failure: { code, message, signal: null, logTail: exit.logTail, errors } },
    };
  }
  if (verdict?.outcome === 'completed') return { end: { state: 'succeeded' } };
  if (stopCause === 'cancel') return { end: { state: 'cancelled' } };
  if (stopCause === 'shutdown') return { release: 'its worker was shut down' };
  return { end: { state: 'failed', failure: crashOf(exit) } };
}
