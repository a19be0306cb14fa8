import { memo, type ReactNode } from 'react';
import { Link } from 'react-router';
import { formatTime } from '../../ui/format.js';
import { BestMetric, Duration, MetricValue, Progress, StateCell, TagChips } from './cells.js';
import { labelOf } from './metricColumns.js';
import { rowId, type RunRowProps } from './rowProps.js';
import { RunMenu } from './RunMenu.js';
import { SelectBox } from './SelectBox.js';
import { Sparkline } from './Sparkline.js';

/** A run as a card, where a table has no room. */
export const RunCard = memo(function RunCard(props: RunRowProps): ReactNode {
  const { run, isSelected, isCurrent, top, metrics, sightings, now, canWrite, onCommand } = props;
  const [metric] = metrics;
  return (
    <div
      id={rowId(run.id)}
      role="row"
      aria-rowindex={props.index + 1}
      aria-selected={isSelected}
      className={`runs-card ${isCurrent ? 'runs-current' : ''}`}
      style={{ transform: `translateY(${top}px)` }}
    >
      <div role="gridcell">
        <div className="runs-card-line">
          <SelectBox {...props} />
          <Link to={`/runs/${run.id}`} className="runs-cut">
            {run.name}
          </Link>
          <StateCell run={run} />
          <RunMenu run={run} canWrite={canWrite} onCommand={onCommand} />
        </div>
        <div className="runs-card-progress">
          <Progress run={run} sightings={sightings} now={now} />
        </div>
        <div className="runs-card-line runs-card-values number">
          <Sparkline id={run.id} />
          {metric === undefined ? (
            <BestMetric run={run} />
          ) : (
            <span className="runs-best">
              <MetricValue run={run} column={metric} />
              <small>{labelOf(metric)}</small>
            </span>
          )}
          <Duration run={run} now={now} />
        </div>
        <div className="runs-card-line runs-card-more">
          <small className="runs-cut">
            {formatTime(run.createdAt)} · {run.dataset?.name ?? 'deleted'}
          </small>
          <TagChips tags={run.tags} onTag={props.onTag} />
        </div>
      </div>
    </div>
  );
});
