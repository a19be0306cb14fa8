import type { Run } from '@gradstream/sdk';
import { useSyncExternalStore, type ReactNode } from 'react';
import { Link } from 'react-router';
import { chartColors, onColorsChange } from '../../../charts/colors.js';
import type { ParallelAxis } from '../../../charts/parallelAxes.js';
import { formatNumber } from '../../../ui/format.js';

interface RunsOnAxesProps {
  readonly runs: readonly Run[];
  readonly axes: readonly ParallelAxis[];
  /** By run, whether it lies in the ranges. */
  readonly isIn: readonly boolean[];
  /** Whether there are ranges. */
  readonly isNarrowed: boolean;
  readonly color: (run: number, isDark: boolean) => string;
}

const cellOf = ({ values, categories, kind }: ParallelAxis, run: number): string => {
  const value = values[run];
  if (value == null) return '–';
  return kind === 'category' ? (categories[value] ?? '–') : formatNumber(value);
};

/** The picture's numbers: the runs that are chosen first. */
export function RunsOnAxes({ runs, axes, isIn, isNarrowed, color }: RunsOnAxesProps): ReactNode {
  const isDark = useSyncExternalStore(onColorsChange, () => chartColors().isDark);
  const order = runs.map((_, at) => at).sort((a, b) => Number(isIn[b]) - Number(isIn[a]) || a - b);
  return (
    <div className="table-box" tabIndex={0} role="region" aria-label="Numbers of the parallel coordinates">
      <table className="table">
        <thead>
          <tr>
            {isNarrowed && <th scope="col">In</th>}
            <th scope="col">Run</th>
            {axes.map(({ id, title }) => (
              <th key={id} scope="col" className="number" title={id}>
                {title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {order.map((at) => {
            const run = runs[at];
            return run ? (
              <tr key={run.id} className={isIn[at] ? '' : 'parallel-out'}>
                {isNarrowed && <td>{isIn[at] ? '✓' : <span aria-label="outside">–</span>}</td>}
                <th scope="row">
                  <span className="parallel-swatch" style={{ background: color(at, isDark) }} />{' '}
                  <Link to={`/runs/${run.id}`}>{run.name}</Link>
                </th>
                {axes.map((axis) => (
                  <td key={axis.id} className="number">
                    {cellOf(axis, at)}
                  </td>
                ))}
              </tr>
            ) : null;
          })}
        </tbody>
      </table>
    </div>
  );
}
