import { memo, type ReactNode } from 'react';
import { Link } from 'react-router';
import { formatTime } from '../../ui/format.js';
import { BestMetric, Duration, MetricValue, Progress, StateCell, TagChips } from './cells.js';
import { rowId, type RunRowProps } from './rowProps.js';
import { RunMenu } from './RunMenu.js';
import { SelectBox } from './SelectBox.js';
import { Sparkline } from './Sparkline.js';

/** A run as a row of the table. */
export const RunTableRow = memo(function RunTableRow(props: RunRowProps): ReactNode {
  const { run, index, isSelected, isCurrent, top, metrics, sightings, now, canWrite, onCommand } = props;
  return (
    <div
      id={rowId(run.id)}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      className={`runs-row ${isCurrent ? 'runs-current' : ''}`}
      style={{ transform: `translateY(${top}px)` }}
    >
      <div role="gridcell" className="runs-select">
        <SelectBox {...props} />
      </div>
      <div role="gridcell" className="runs-name">
        <Link to={`/runs/${run.id}`} title={run.name}>
          {run.name}
        </Link>
        <small className="number">{formatTime(run.createdAt)}</small>
      </div>
      <div role="gridcell">
        <StateCell run={run} />
      </div>
      <div role="gridcell">
        <Progress run={run} sightings={sightings} now={now} />
      </div>
      <div role="gridcell">
        <Sparkline id={run.id} />
      </div>
      <div role="gridcell" className="number">
        <BestMetric run={run} />
      </div>
      {metrics.map((column) => (
        <div key={column} role="gridcell" className="number">
          <MetricValue run={run} column={column} />
        </div>
      ))}
      <div role="gridcell" className="runs-cut" title={run.dataset?.name}>
        {run.dataset?.name ?? 'deleted'}
      </div>
      <div role="gridcell" className="runs-cut" title={run.model.name}>
        {run.model.name}
      </div>
      <div role="gridcell" className="number runs-cut">
        <Duration run={run} now={now} />
      </div>
      <div role="gridcell">
        <TagChips tags={run.tags} onTag={props.onTag} />
      </div>
      <div role="gridcell" className="runs-menu">
        <RunMenu run={run} canWrite={canWrite} onCommand={onCommand} />
      </div>
    </div>
  );
});
