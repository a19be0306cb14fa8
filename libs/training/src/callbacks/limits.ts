import type { Callbacks, LimitsState } from '@gradstream/contracts';
import { go, type Callback } from './callback.js';

/** Stops at a loss that is NaN or infinite. */
export const terminateOnNaN: Callback<null> = {
  initial: null,
  onStep: (state, { metrics }) =>
    go(state, metrics['loss'] !== undefined && !Number.isFinite(metrics['loss']) ? { stop: 'diverged' } : {}),
};

/** Stops after a number of steps, or of seconds of training over all attempts. */
export function limits({ steps, seconds: most }: Callbacks['limits']): Callback<LimitsState> {
  return {
    initial: { seconds: 0 },
    onStep(state, moment) {
      const seconds = state.seconds + moment.seconds;
      if (steps !== null && moment.step >= steps) return go({ seconds }, { stop: 'stepLimit' });
      return go({ seconds }, most !== null && seconds >= most ? { stop: 'timeLimit' } : {});
    },
    onEpoch: (state, moment) => go({ seconds: state.seconds + moment.seconds }),
  };
}
