import { useSyncExternalStore, type ReactNode } from 'react';
import { formatNumber } from '../ui/format.js';
import { align } from './align.js';
import { axisNames, formatPosition } from './axes.js';
import type { XAxis } from './clock.js';
import type { Changes } from './changes.js';
import { useChartGroup } from './ChartGroup.js';
import type { Line } from './lines.js';
import { marksByRow, placeMarks } from './marks.js';

interface ChartTableProps {
  readonly title: string;
  readonly lines: readonly Line[];
  readonly changes: Changes;
  readonly xAxis: XAxis;
  readonly zoom: readonly [number, number] | null;
}

const MOST_ROWS = 500;

/** Rises with each change of the points, for React to see it. */
const versionOf = (lines: readonly Line[]): string =>
  lines.map(({ points }) => `${points.revision}:${points.length}:${points.lastStep}`).join(' ');

/** The numbers of a chart and what happened, newest first: what is in sight, the newest five hundred rows of it. */
export function ChartTable({ title, lines, changes, xAxis, zoom }: ChartTableProps): ReactNode {
  useSyncExternalStore(changes.subscribe, () => versionOf(lines));
  const { marks } = useChartGroup();
  const columns = lines.map(({ points, clock }) => ({
    xs: clock.positions(points.steps, xAxis),
    ys: points.values,
  }));
  const { xs, ys } = align(columns);
  const inSight = xs.flatMap((x, row) => (zoom === null || (x >= zoom[0] && x <= zoom[1]) ? [row] : []));
  const rows = inSight.slice(-MOST_ROWS).reverse();
  const [first] = lines;
  const happened = marksByRow(xs, first ? placeMarks(marks, first.clock, xAxis) : []);
  return (
    <div className="chart-table" tabIndex={0} role="region" aria-label={`Numbers of ${title}`}>
      <table>
        <caption>
          {inSight.length > rows.length
            ? `The newest ${rows.length} of ${inSight.length} rows; Save → CSV has all.`
            : `${rows.length} rows, newest first.`}
        </caption>
        <thead>
          <tr>
            <th scope="col">{axisNames[xAxis]}</th>
            {lines.map(({ id, label }) => (
              <th key={id} scope="col">
                {label}
              </th>
            ))}
            {marks.length > 0 && <th scope="col">What happened</th>}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={xs[row]}>
              <th scope="row">{formatPosition(xs[row] ?? 0, xAxis)}</th>
              {lines.map(({ id }, column) => (
                <td key={id}>{cellText(ys[column]?.[row])}</td>
              ))}
              {marks.length > 0 && (
                <td className="chart-happened">
                  {happened
                    .get(row)
                    ?.map(({ label }) => label)
                    .join('; ')}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const cellText = (value: number | null | undefined): string =>
  value === undefined ? '' : value === null ? 'not finite' : formatNumber(value, 6);
