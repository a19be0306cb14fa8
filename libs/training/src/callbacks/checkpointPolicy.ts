import type { BestSoFar, CheckpointPolicy, CheckpointPolicyState } from '@gradstream/contracts';
import { go, improves, signOf, type Callback, type CheckpointReason, type Outcome } from './callback.js';

/**
 * Asks for checkpoints: every so many steps, seconds, epochs; at an epoch that is among the best `keepBest`; and at the
 * end, unless one was asked for at that very step. An epoch's takes the place of the one that its last step asked for,
 * which does not know the validation yet.
 */
export function checkpointPolicy(policy: CheckpointPolicy): Callback<CheckpointPolicyState> {
  const { everySteps, everySeconds, everyEpochs, keepBest, monitor } = policy;
  const sign = signOf(policy);

  /** The best values with a new one among them, which comes after its equals; the same list when it is not. */
  function withValue(best: readonly BestSoFar[], next: BestSoFar): BestSoFar[] {
    const at = best.findIndex(({ value }) => improves(next.value, value, sign));
    if (!Number.isFinite(next.value) || (at < 0 && best.length >= Math.max(1, keepBest))) return [...best];
    return best.toSpliced(at < 0 ? best.length : at, 0, next).slice(0, Math.max(1, keepBest));
  }

  /** The state after a moment, and the checkpoint that is due. */
  function after(
    state: CheckpointPolicyState,
    step: number,
    reason: CheckpointReason | null,
  ): Outcome<CheckpointPolicyState> {
    if (reason === null) return go(state);
    return go({ ...state, seconds: 0, lastStep: step }, { checkpoint: reason });
  }

  return {
    initial: { seconds: 0, lastStep: null, best: [] },
    onStep(state, { step, seconds: passed }) {
      const seconds = state.seconds + passed;
      const due = everySeconds !== null && seconds >= everySeconds ? 'seconds' : null;
      return after({ ...state, seconds }, step, everySteps && step % everySteps === 0 ? 'steps' : due);
    },
    onEpoch(state, { step, epoch, seconds, metrics }) {
      const next = { value: metrics[monitor] ?? Number.NaN, step, epoch };
      const best = withValue(state.best, next);
      const among = keepBest > 0 && best.includes(next) ? 'best' : null;
      const reason = everyEpochs && epoch % everyEpochs === 0 ? 'epoch' : among;
      return after({ ...state, seconds: state.seconds + seconds, best }, step, reason);
    },
    onEnd: (state, { step }) => after(state, step, state.lastStep === step ? null : 'end'),
  };
}
