import type { EarlyStopping, EarlyStoppingState } from '@gradstream/contracts';
import { go, improves, signOf, type Callback } from './callback.js';

/**
 * Keras's EarlyStopping. An epoch without the series is passed over. A best value that does not beat the baseline is
 * remembered, but patience goes on; at that epoch itself there is no stop. Unlike in Keras 3.15, a NaN never becomes the
 * first best value, which nothing would beat.
 */
export function earlyStopping(settings: EarlyStopping): Callback<EarlyStoppingState> {
  const { monitor, minDelta, patience, baseline, startFromEpoch, restoreBest } = settings;
  const sign = signOf(settings);
  return {
    initial: { best: null, wait: 0, snapshot: null },
    onEpoch(state, { step, epoch, metrics }) {
      const value = metrics[monitor];
      if (value === undefined || epoch <= startFromEpoch) return go(state);
      const better = improves(value, state.best, sign, minDelta);
      const taken = restoreBest && (better || state.snapshot === null);
      const snapshot = taken ? { step, epoch } : state.snapshot;
      const decisions = taken ? ({ snapshot: true } as const) : {};
      if (better) {
        const beatsBaseline = baseline === null || improves(value, baseline, sign, minDelta);
        return go({ best: value, wait: beatsBaseline ? 0 : state.wait + 1, snapshot }, decisions);
      }
      const wait = state.wait + 1;
      const stop = wait >= patience && epoch > 1;
      return go({ ...state, wait, snapshot }, stop ? { ...decisions, stop: 'earlyStopping' } : decisions);
    },
    onEnd: (state, { step }) =>
      go(
        state,
        restoreBest && state.snapshot !== null && state.snapshot.step !== step ? { restoreBest: true } : {},
      ),
  };
}
