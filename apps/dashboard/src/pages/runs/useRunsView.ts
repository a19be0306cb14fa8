import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router';
import { readView, writeView, type RunsView } from './runsView.js';

/** Changes some of the view; the function is told what it is now. */
export type ChangeView = (change: (view: RunsView) => Partial<RunsView>) => void;

/** What the address says to show, and the way to change it. */
export function useRunsView(): readonly [RunsView, ChangeView] {
  const [params, setParams] = useSearchParams();
  const view = useMemo(() => readView(params), [params]);
  const change = useCallback<ChangeView>(
    (changeOf) => {
      // The address itself, for two keys may be pressed before the page is drawn again.
      const now = new URLSearchParams(window.location.search);
      const seen = readView(now);
      setParams(writeView({ ...seen, ...changeOf(seen) }, now), { replace: true });
    },
    [setParams],
  );
  return [view, change];
}
