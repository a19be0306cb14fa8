import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router';
import { readView, writeView, type ChartView } from './view.js';

/** How the page's charts are looked at, and a way to change it; the address has it. */
export function useChartView(): [ChartView, (change: Partial<ChartView>) => void] {
  const [params, setParams] = useSearchParams();
  const view = useMemo(() => readView(params), [params]);
  const change = useCallback(
    (part: Partial<ChartView>) => {
      setParams((before) => writeView(before, part), { replace: true, preventScrollReset: true });
    },
    [setParams],
  );
  return [view, change];
}
