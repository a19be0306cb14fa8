import type { Run } from '@gradstream/sdk';
import { lazy, Suspense, type ReactNode } from 'react';
import { useParams } from 'react-router';
import { usePageTitle } from '../../app/usePageTitle.js';
import { ChartGroup } from '../../charts/ChartGroup.js';
import { useMetricFeed } from '../../live/useMetricFeed.js';
import { StateBadge } from '../../ui/StateBadge.js';
import { ErrorState, LoadingState } from '../../ui/States.js';
import { Tabs } from '../../ui/Tabs.js';
import { MetricCharts } from './MetricCharts.js';
import { useRun } from './useRun.js';
import './run.css';

const GradientsTab = lazy(async () => ({
  default: (await import('./gradients/GradientsTab.js')).GradientsTab,
}));

/** One run: how it goes, and all that is known of it. */
export function RunPage(): ReactNode {
  const { runId = '' } = useParams();
  const { data: run, error, refetch } = useRun(runId);
  usePageTitle(run?.name ?? 'Run');
  if (run) return <RunView key={run.id} run={run} />;
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return <LoadingState what="the run" />;
}

function RunView({ run }: { readonly run: Run }): ReactNode {
  const live = useMetricFeed(run);
  return (
    <>
      <div className="page-title">
        <h1>{run.name}</h1>
        <StateBadge state={run.state} />
      </div>
      <ChartGroup>
        <Suspense fallback={<LoadingState what="this part" />}>
          <Tabs
            label="Parts of the run"
            tabs={[
              {
                name: 'metrics',
                title: 'Metrics',
                content: () => <MetricCharts live={live} part="metrics" />,
              },
              { name: 'gradients', title: 'Gradients', content: () => <GradientsTab run={run} /> },
              { name: 'system', title: 'System', content: () => <MetricCharts live={live} part="system" /> },
            ]}
          />
        </Suspense>
      </ChartGroup>
    </>
  );
}
