import type { Run } from '@gradstream/sdk';
import { lazy, Suspense, useMemo, useSyncExternalStore, type ReactNode } from 'react';
import { useParams } from 'react-router';
import { usePageTitle } from '../../app/usePageTitle.js';
import { ChartGroup } from '../../charts/ChartGroup.js';
import { MetricFeed } from '../../live/MetricFeed.js';
import { useFeed } from '../../live/useFeed.js';
import { ErrorState, LoadingState } from '../../ui/States.js';
import { Tabs } from '../../ui/Tabs.js';
import { marksOf } from './events/marks.js';
import { useRunHistory } from './events/useRunHistory.js';
import { RunHeader } from './header/RunHeader.js';
import { MetricCharts } from './MetricCharts.js';
import { useRun } from './useRun.js';
import './run.css';

const GradientsTab = lazy(async () => ({
  default: (await import('./gradients/GradientsTab.js')).GradientsTab,
}));
const CheckpointsTab = lazy(async () => ({
  default: (await import('./checkpoints/CheckpointsTab.js')).CheckpointsTab,
}));
const EventsTab = lazy(async () => ({ default: (await import('./events/EventsTab.js')).EventsTab }));
const LogTab = lazy(async () => ({ default: (await import('./log/LogTab.js')).LogTab }));
const SpecTab = lazy(async () => ({ default: (await import('./spec/SpecTab.js')).SpecTab }));

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
  const live = useFeed(run, MetricFeed);
  const history = useRunHistory(run);
  const events = useSyncExternalStore(history.subscribe, history.events);
  const marks = useMemo(() => marksOf(events), [events]);
  const tabs = [
    { name: 'metrics', title: 'Metrics', content: () => <MetricCharts live={live} part="metrics" /> },
    { name: 'gradients', title: 'Gradients', content: () => <GradientsTab run={run} /> },
    { name: 'system', title: 'System', content: () => <MetricCharts live={live} part="system" /> },
    { name: 'events', title: 'Events', content: () => <EventsTab {...{ run, history }} /> },
    { name: 'checkpoints', title: 'Checkpoints', content: () => <CheckpointsTab run={run} /> },
    { name: 'log', title: 'Log', content: () => <LogTab {...{ run, history }} /> },
    { name: 'spec', title: 'Spec', content: () => <SpecTab run={run} /> },
  ];
  return (
    <>
      <RunHeader run={run} />
      <ChartGroup marks={marks}>
        <Suspense fallback={<LoadingState what="this part" />}>
          <Tabs label="Parts of the run" tabs={tabs} />
        </Suspense>
      </ChartGroup>
    </>
  );
}
