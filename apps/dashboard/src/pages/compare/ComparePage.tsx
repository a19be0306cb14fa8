import type { Run } from '@gradstream/sdk';
import { useMemo, type ReactNode } from 'react';
import { Link, useSearchParams } from 'react-router';
import { usePageTitle } from '../../app/usePageTitle.js';
import { ChartGroup } from '../../charts/ChartGroup.js';
import { ChartSettings } from '../../charts/ChartSettings.js';
import { LineChart } from '../../charts/LineChart.js';
import { FinerPoints } from '../run/FinerPoints.js';
import { EmptyState, ErrorState, LoadingState } from '../../ui/States.js';
import { Tabs } from '../../ui/Tabs.js';
import { seriesTitle } from '../../charts/chartPlan.js';
import { ConnectionStatus } from '../run/ConnectionStatus.js';
import { RunList } from './RunList.js';
import { ParallelSection } from './parallel/ParallelSection.js';
import { SettingsTable } from './SettingsTable.js';
import { MOST_RUNS, useFeeds, useLooks, useRuns } from './useComparedRuns.js';
import './compare.css';

/** Several runs over one another; the address names them. */
export function ComparePage(): ReactNode {
  usePageTitle('Compare');
  const [params, setParams] = useSearchParams();
  const ids = [...new Set((params.get('runs') ?? '').split(',').filter(Boolean))];
  const shown = ids.slice(0, MOST_RUNS);
  const { runs, isLoading, errors } = useRuns(shown);
  const looks = useLooks(shown);
  const remove = (id: string): void =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        next.set('runs', ids.filter((other) => other !== id).join(','));
        return next;
      },
      { replace: true },
    );
  if (isLoading) return <LoadingState what="the runs" />;
  return (
    <>
      <div className="page-title">
        <h1>Compare</h1>
      </div>
      {errors.map((error, at) => (
        <ErrorState key={at} error={error} />
      ))}
      {ids.length > MOST_RUNS && (
        <p className="hint">
          The first {MOST_RUNS} of {ids.length} runs are shown.
        </p>
      )}
      {runs.length === 0 ? (
        <EmptyState title="No runs to compare">
          Select some on the page of <Link to="/runs">all runs</Link>, and press Compare.
        </EmptyState>
      ) : (
        <>
          <RunList {...{ runs, looks }} onRemove={remove} />
          <Tabs
            label="Ways to compare"
            tabs={[
              { name: 'curves', title: 'Curves', content: () => <Curves {...{ runs, looks }} /> },
              {
                name: 'parallel',
                title: 'Parallel coordinates',
                content: () => <ParallelSection runs={runs} />,
              },
            ]}
          />
          <SettingsTable runs={runs} />
        </>
      )}
    </>
  );
}

interface CurvesProps {
  readonly runs: readonly Run[];
  readonly looks: ReadonlyMap<string, number>;
}

function Curves({ runs, looks }: CurvesProps): ReactNode {
  const { feeds, names, status, points } = useFeeds(runs);
  const all = useMemo(() => [...feeds.values()], [feeds]);
  const labels = JSON.stringify(runs.map(({ id, name }) => [id, name]));
  const charts = useMemo(() => {
    const named = JSON.parse(labels) as [string, string][];
    return names.map((name) => ({
      name,
      lines: named.flatMap(([id, label]) => {
        const feed = feeds.get(id);
        const look = looks.get(id) ?? 0;
        return feed?.has(name) ? [{ id, label, points: feed.series(name), clock: feed.clock, look }] : [];
      }),
    }));
  }, [feeds, names, labels, looks]);
  return (
    <ChartGroup>
      <div className="compare-bar">
        <ChartSettings />
        <FinerPoints feeds={all} />
        <ConnectionStatus status={status} />
      </div>
      <div className="chart-grid">
        {charts.map(({ name, lines }) => (
          <LineChart key={name} id={name} title={seriesTitle(name)} lines={lines} changes={points} />
        ))}
      </div>
    </ChartGroup>
  );
}
