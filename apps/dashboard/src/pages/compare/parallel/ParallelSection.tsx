import { isFinal, type Run } from '@gradstream/sdk';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useCallback, useMemo, type ReactNode } from 'react';
import { Link, useSearchParams } from 'react-router';
import { inRanges, scaleColor, shareOf, type ParallelAxis } from '../../../charts/parallelAxes.js';
import type { ParallelLine } from '../../../charts/parallelOption.js';
import { useClient } from '../../../session/SessionProvider.js';
import { Button } from '../../../ui/Button.js';
import { SelectField } from '../../../ui/Field.js';
import { EmptyState, ErrorState, LoadingState } from '../../../ui/States.js';
import { AxisChooser } from './AxisChooser.js';
import { ColorScale } from './ColorScale.js';
import { readParallel, withRange, writeParallel, type ParallelView } from './parallelView.js';
import { RangeFields } from './RangeFields.js';
import { axesOf } from './runAxes.js';
import { RunsOnAxes } from './RunsOnAxes.js';
import './parallel.css';

const ParallelPlot = lazy(async () => ({
  default: (await import('../../../charts/ParallelPlot.js')).ParallelPlot,
}));

const EVERY_MS = 3000;
/** Of a run without a place on the axis that colours. */
const NO_PLACE = { light: '#767d89', dark: '#8793a6' };

/** What colours a run's line. */
const colorOf = (axis: ParallelAxis | undefined, run: number, isDark: boolean): string => {
  const share = axis ? shareOf(axis, run) : null;
  return share === null ? NO_PLACE[isDark ? 'dark' : 'light'] : scaleColor(share, isDark);
};

/** Runs as lines over axes of settings and metrics; ranges of axes choose some of them. */
export function ParallelSection({ runs }: { readonly runs: readonly Run[] }): ReactNode {
  const client = useClient();
  const [params, setParams] = useSearchParams();
  const ids = runs.map(({ id }) => id).join(',');
  const isOver = runs.every(({ state }) => isFinal(state));
  const { data, error, refetch } = useQuery({
    queryKey: ['runs', 'measured', ids],
    queryFn: () => client.runs.table({ ids, limit: 100 }),
    refetchInterval: isOver ? false : EVERY_MS,
  });
  // Runs and rows are fetched again and again; the picture changes with what they say.
  const text = JSON.stringify([runs.map(({ id, spec }) => ({ id, spec })), data?.data ?? []]);
  const all = useMemo(() => axesOf(...(JSON.parse(text) as Parameters<typeof axesOf>)), [text]);
  const view = useMemo(() => readParallel(params), [params]);
  const change = useCallback(
    (part: (now: ParallelView) => Partial<ParallelView>) =>
      setParams((before) => writeParallel(before, part(readParallel(before))), {
        ...{ replace: true, preventScrollReset: true },
      }),
    [setParams],
  );
  const axes = useMemo(() => {
    const wanted = view.axes ?? all.usual;
    return [...all.settings, ...all.metrics].filter(({ id }) => wanted.includes(id));
  }, [all, view.axes]);
  const colorId = view.color ?? all.best;
  const color = all.metrics.find(({ id }) => id === colorId);
  const names = JSON.stringify(runs.map(({ name }) => name));
  const lines = useCallback(
    (isDark: boolean): readonly ParallelLine[] =>
      (JSON.parse(names) as string[]).map((name, run) => ({ name, color: colorOf(color, run, isDark) })),
    [names, color],
  );
  const onRange = useCallback(
    (id: string, range: readonly [number, number] | null) =>
      change(({ ranges }) => ({ ranges: withRange(ranges, id, range) })),
    [change],
  );
  if (error && !data) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data) return <LoadingState what="what the runs have measured" />;
  if (axes.length < 2 && view.axes === null)
    return (
      <EmptyState title="There is nothing to tell these runs apart by">
        Their settings are the same, and they have measured too little. Compare runs of other settings.
      </EmptyState>
    );
  const isIn = inRanges(axes, view.ranges, runs.length);
  const chosen = runs.filter((_, at) => isIn[at]);
  const isNarrowed = view.ranges.length > 0;
  return (
    <section className="card parallel" aria-label="Parallel coordinates">
      <div className="parallel-bar">
        <SelectField
          label="Colour"
          value={color?.id ?? ''}
          options={[
            { value: '', label: 'None' },
            ...all.metrics.map(({ id, title }) => ({ value: id, label: title })),
          ]}
          onChange={(id) => change(() => ({ color: id }))}
        />
        {color && <ColorScale axis={color} />}
        <AxisChooser all={all} shown={axes} onChange={(shown) => change(() => ({ axes: shown }))} />
        <span className="parallel-status" role="status">
          {isNarrowed ? `${chosen.length} of ${runs.length} runs in the ranges` : `${runs.length} runs`}
        </span>
        {isNarrowed && <Button onClick={() => change(() => ({ ranges: [] }))}>Clear the ranges</Button>}
        {isNarrowed && chosen.length >= 2 && chosen.length < runs.length && (
          <Link className="button" to={`/compare?runs=${chosen.map(({ id }) => id).join(',')}`}>
            Compare these alone
          </Link>
        )}
      </div>
      {axes.length < 2 ? (
        <p className="hint">Choose two axes at least.</p>
      ) : (
        <Suspense fallback={<LoadingState what="the picture" />}>
          <ParallelPlot
            title="Runs over settings and metrics"
            {...{ axes, lines, onRange, ranges: view.ranges }}
          />
        </Suspense>
      )}
      <p className="hint">Drag along an axis to choose runs; a click beside the area takes that back.</p>
      <RangeFields axes={axes} ranges={view.ranges} onRange={onRange} />
      <RunsOnAxes
        {...{ runs, axes, isIn, isNarrowed }}
        color={(run, isDark) => colorOf(color, run, isDark)}
      />
    </section>
  );
}
