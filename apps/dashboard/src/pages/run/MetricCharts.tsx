import { useMemo, type ReactNode } from 'react';
import { ChartSettings } from '../../charts/ChartSettings.js';
import { LineChart } from '../../charts/LineChart.js';
import type { Line } from '../../charts/lines.js';
import { FinerPoints } from './FinerPoints.js';
import type { MetricFeed } from '../../live/MetricFeed.js';
import type { Live } from '../../live/useFeed.js';
import { formatBytes } from '../../ui/format.js';
import { EmptyState } from '../../ui/States.js';
import { planCharts, type PlannedChart } from '../../charts/chartPlan.js';
import { ConnectionStatus } from './ConnectionStatus.js';

interface MetricChartsProps {
  readonly live: Live<MetricFeed>;
  readonly part: 'metrics' | 'system';
}

/** The charts of a run's metrics, or of what its trainer took of the machine. */
export function MetricCharts({ live, part }: MetricChartsProps): ReactNode {
  const { feed, names, status, retry } = live;
  const feeds = useMemo(() => [feed], [feed]);
  const charts = useMemo(() => planCharts(names)[part], [names, part]);
  return (
    <>
      <div className="run-charts-bar">
        <ChartSettings />
        <FinerPoints feeds={feeds} />
        <ConnectionStatus status={status} onRetry={retry} />
      </div>
      {charts.length === 0 && status.kind !== 'loading' && status.kind !== 'failed' && (
        <EmptyState title="No numbers yet">
          {part === 'metrics'
            ? 'The first point appears with the first step. While the run is queued, a worker has to become free.'
            : 'A trainer tells of itself each second while it trains.'}
        </EmptyState>
      )}
      <div className="chart-grid">
        {charts.map((chart) => (
          <PlannedLineChart key={chart.id} chart={chart} live={live} />
        ))}
      </div>
    </>
  );
}

function PlannedLineChart({
  chart,
  live: { feed },
}: {
  chart: PlannedChart;
  live: Live<MetricFeed>;
}): ReactNode {
  const lines = useMemo<Line[]>(
    () =>
      chart.series.map(({ name, label }, look) => ({
        ...{ id: name, label, look },
        points: feed.series(name),
        clock: feed.clock,
      })),
    [chart, feed],
  );
  const format = chart.id === 'memoryBytes' ? { format: formatBytes } : {};
  return <LineChart id={chart.id} title={chart.title} lines={lines} changes={feed.points} {...format} />;
}
