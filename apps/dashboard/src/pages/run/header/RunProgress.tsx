import { isFinal, type Run } from '@gradstream/sdk';
import type { ReactNode } from 'react';
import { formatDuration, formatNumber } from '../../../ui/format.js';
import { secondsSince, useNow, useTimeLeft } from './useTimeLeft.js';

/** How far a run is: a bar, steps, epochs, the time that it took and the time that is left. */
export function RunProgress({ run }: { readonly run: Run }): ReactNode {
  const now = useNow(!isFinal(run.state));
  const left = useTimeLeft(run, now);
  const taken = secondsSince(run, now);
  const { step, totalSteps, epoch, spec } = run;
  const share = totalSteps === null || totalSteps === 0 ? 0 : Math.min(1, step / totalSteps);
  const figures: readonly (readonly [string, string])[] = [
    ['Step', `${formatNumber(step)} / ${totalSteps === null ? '?' : formatNumber(totalSteps)}`],
    ['Epoch', spec.steps === null ? `${epoch} / ${spec.epochs}` : String(epoch)],
    ['Duration', taken === null ? '–' : formatDuration(taken < 1 ? taken : Math.round(taken * 10) / 10)],
    ...(isFinal(run.state) ? [] : [['Left', left === null ? '–' : `about ${formatDuration(left)}`] as const]),
  ];
  return (
    <div className="run-progress">
      <div
        className={`run-progress-bar run-progress-${run.state}`}
        role="progressbar"
        aria-label="Steps done"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(share * 100)}
      >
        <span style={{ width: `${share * 100}%` }} />
      </div>
      <dl className="run-figures number">
        <div>
          <dt>Done</dt>
          <dd>{totalSteps === null ? '–' : `${Math.floor(share * 100)} %`}</dd>
        </div>
        {figures.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
