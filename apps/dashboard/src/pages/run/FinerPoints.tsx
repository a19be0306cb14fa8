import { useEffect, useMemo, useSyncExternalStore, type ReactNode } from 'react';
import { useChartGroup } from '../../charts/ChartGroup.js';
import { Button } from '../../ui/Button.js';
import { messageOf } from '../../ui/messages.js';
import type { MetricFeed } from '../../live/MetricFeed.js';

interface FinerPointsProps {
  /** The runs whose charts are in the group. */
  readonly feeds: readonly MetricFeed[];
}

/** Has finer points fetched of what the group's charts are zoomed to, and says how that goes. */
export function FinerPoints({ feeds }: FinerPointsProps): ReactNode {
  const { zoom, xAxis } = useChartGroup().view;
  useEffect(() => {
    for (const { finer } of feeds) finer.look(zoom === null ? null : { zoom, xAxis });
  }, [feeds, zoom, xAxis]);
  useEffect(
    () => () => {
      for (const { finer } of feeds) finer.look(null);
    },
    [feeds],
  );
  const subscribe = useMemo(
    () => (listener: () => void) => {
      const forgets = feeds.map(({ finer }) => finer.subscribe(listener));
      return () => {
        for (const forget of forgets) forget();
      };
    },
    [feeds],
  );
  const failedAt = useSyncExternalStore(subscribe, () =>
    feeds.findIndex(({ finer }) => finer.status().kind === 'failed'),
  );
  const isLoading = useSyncExternalStore(subscribe, () =>
    feeds.some(({ finer }) => finer.status().kind === 'loading'),
  );
  const failed = feeds[failedAt]?.finer.status();
  const again = (): void => {
    for (const { finer } of feeds) if (finer.status().kind === 'failed') void finer.check();
  };
  return (
    <span className="chart-finer" role="status">
      {isLoading && 'Finer points are on their way …'}
      {!isLoading && failed?.kind === 'failed' && (
        <>
          <span title={messageOf(failed.error)}>No finer points: {messageOf(failed.error)}</span>
          <Button kind="quiet" onClick={again}>
            Try again
          </Button>
        </>
      )}
    </span>
  );
}
