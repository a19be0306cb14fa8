// What the cells of a run show, in the table and on its card.

import type { ReactNode } from 'react';
import { formatDuration, formatNumber } from '../../ui/format.js';
import { StateBadge } from '../../ui/StateBadge.js';
import { bestOf, labelOf, partsOf, type MetricColumn } from './metricColumns.js';
import { secondsLeft, type Sighting } from '../../live/pace.js';
import type { RunRow } from './runsApi.js';

/** A duration that is not known to a tenth of a second. */
const roughly = (seconds: number): string =>
  seconds < 60 ? `${Math.ceil(seconds)} s` : formatDuration(seconds);

const NONE = <span className="runs-none">–</span>;

/** The state, and what was asked of the run that has not come about. */
export function StateCell({ run }: { readonly run: RunRow }): ReactNode {
  const { state, failure, cancelRequested, pauseRequested } = run;
  const isEnding = state === 'queued' || state === 'preparing' || state === 'running';
  const asked = cancelRequested ? 'cancelling …' : pauseRequested ? 'pausing …' : null;
  return (
    <span className="runs-state">
      <StateBadge state={state} />
      {isEnding && asked !== null && <small>{asked}</small>}
      {state === 'failed' && failure !== null && <small title={failure}>{failure}</small>}
    </span>
  );
}

interface ProgressProps {
  readonly run: RunRow;
  readonly sightings: readonly Sighting[];
  readonly now: number;
}

/** How many of its steps a run has done, and how long the others may take. */
export function Progress({ run, sightings, now }: ProgressProps): ReactNode {
  const { name, step, totalSteps } = run;
  if (totalSteps === null && step === 0) return NONE;
  const left = secondsLeft(run, sightings, now);
  const share = totalSteps === null || totalSteps === 0 ? null : Math.min(1, step / totalSteps);
  return (
    <span className="runs-progress">
      {share !== null && (
        <span
          className={`runs-bar runs-bar-${run.state}`}
          role="progressbar"
          aria-label={`Steps of ${name}`}
          aria-valuemin={0}
          aria-valuemax={totalSteps ?? 0}
          aria-valuenow={step}
        >
          <span style={{ width: `${share * 100}%` }} />
        </span>
      )}
      <small className="number">
        {formatNumber(step)}
        {totalSteps !== null && ` / ${formatNumber(totalSteps)}`}
        {left !== null && <span title="At its recent speed"> · {roughly(left)} left</span>}
      </small>
    </span>
  );
}

/** A value of a metric's column. */
export function MetricValue({
  run,
  column,
}: {
  readonly run: RunRow;
  readonly column: MetricColumn;
}): ReactNode {
  const { series, statistic } = partsOf(column);
  const measured = run.summary[series];
  if (!measured) return NONE;
  const step = { min: measured.minStep, max: measured.maxStep, last: null }[statistic];
  return (
    <span title={step === null ? undefined : `At step ${step}`}>{formatNumber(measured[statistic])}</span>
  );
}

/** The metric that says best how good the run is, with its name. */
export function BestMetric({ run }: { readonly run: RunRow }): ReactNode {
  const best = bestOf(run);
  if (!best) return NONE;
  return (
    <span className="runs-best" title={labelOf(best.column)}>
      <MetricValue run={run} column={best.column} />
      <small>{partsOf(best.column).series}</small>
    </span>
  );
}

/** How long a run has been going on, or took. */
export function Duration({ run, now }: { readonly run: RunRow; readonly now: number }): ReactNode {
  const { startedAt, finishedAt } = run;
  if (startedAt === null) return NONE;
  const end = finishedAt === null ? now : Date.parse(finishedAt);
  return formatDuration(Math.max(0, end - Date.parse(startedAt)) / 1000);
}

interface TagChipsProps {
  readonly tags: readonly string[];
  readonly onTag: (tag: string) => void;
}

/** Tags; each one filters. */
export const TagChips = ({ tags, onTag }: TagChipsProps): ReactNode => (
  <span className="runs-tags">
    {tags.map((tag) => (
      <button
        key={tag}
        type="button"
        className="runs-tag"
        title={`Only runs with the tag ${tag}`}
        onClick={() => onTag(tag)}
      >
        {tag}
      </button>
    ))}
  </span>
);
