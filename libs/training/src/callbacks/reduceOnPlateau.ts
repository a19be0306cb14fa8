import type { ReduceOnPlateau, ReduceOnPlateauState } from '@gradstream/contracts';
import { go, improves, signOf, type Callback } from './callback.js';

/** Keras's ReduceLROnPlateau. An epoch without the series is passed over. */
export function reduceOnPlateau(settings: ReduceOnPlateau): Callback<ReduceOnPlateauState> {
  const { monitor, factor, patience, minDelta, minLearningRate } = settings;
  const sign = signOf(settings);
  return {
    initial: { best: null, wait: 0, cooldown: 0 },
    onEpoch(state, { metrics, learningRate }) {
      const value = metrics[monitor];
      if (value === undefined) return go(state);
      const cooled = state.cooldown > 0;
      const cooldown = cooled ? state.cooldown - 1 : 0;
      const waited = cooled ? 0 : state.wait;
      if (improves(value, state.best, sign, minDelta)) return go({ best: value, wait: 0, cooldown });
      if (cooldown > 0) return go({ ...state, wait: waited, cooldown });
      const wait = waited + 1;
      if (wait < patience || learningRate <= minLearningRate) return go({ ...state, wait, cooldown });
      const reduced = Math.max(learningRate * factor, minLearningRate);
      return go(
        { ...state, wait: 0, cooldown: settings.cooldown },
        { learningRateFactor: reduced / learningRate },
      );
    },
  };
}
