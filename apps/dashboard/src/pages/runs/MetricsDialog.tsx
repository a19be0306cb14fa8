import type { ReactNode } from 'react';
import { Button } from '../../ui/Button.js';
import { Dialog } from '../../ui/Dialog.js';
import { groupsOf, partsOf, seriesOf, STATISTICS, type MetricColumn } from './metricColumns.js';
import type { RunRow } from './runsApi.js';
import type { RunSort } from './runsView.js';

interface MetricsDialogProps {
  readonly rows: readonly RunRow[];
  readonly columns: readonly MetricColumn[];
  readonly onChange: (columns: readonly MetricColumn[]) => void;
  readonly onSort: (sort: RunSort) => void;
  readonly onClose: () => void;
}

const HEADS = { min: 'Lowest', max: 'Highest', last: 'Last' };

/** Chooses which metrics have a column, of what each; the runs can be sorted by every one. */
export function MetricsDialog({ rows, columns, onChange, onSort, onClose }: MetricsDialogProps): ReactNode {
  const series = [...new Set([...seriesOf(rows), ...columns.map((column) => partsOf(column).series)])];
  const toggle = (column: MetricColumn): void =>
    onChange(columns.includes(column) ? columns.filter((other) => other !== column) : [...columns, column]);
  return (
    <Dialog
      title="Metrics"
      onClose={onClose}
      actions={
        <Button kind="primary" onClick={onClose}>
          Done
        </Button>
      }
    >
      {series.length === 0 && <p>None of the runs that are listed has measured anything yet.</p>}
      {series.length > 0 && (
        <table className="runs-metrics">
          <thead>
            <tr>
              <th scope="col">Series</th>
              {STATISTICS.map((statistic) => (
                <th key={statistic} scope="col">
                  {HEADS[statistic]}
                </th>
              ))}
            </tr>
          </thead>
          {groupsOf(series).map((group) => (
            <tbody key={group.title}>
              <tr>
                <th scope="rowgroup" colSpan={4} className="runs-metrics-group">
                  {group.title}
                </th>
              </tr>
              {group.series.map((name) => (
                <tr key={name}>
                  <th scope="row">{name}</th>
                  {STATISTICS.map((statistic) => (
                    <td key={statistic}>
                      <label className="runs-box">
                        <input
                          type="checkbox"
                          aria-label={`Column ${name}, ${HEADS[statistic].toLowerCase()}`}
                          checked={columns.includes(`${name}.${statistic}`)}
                          onChange={() => toggle(`${name}.${statistic}`)}
                        />
                      </label>
                      <Button
                        kind="quiet"
                        aria-label={`Sort by ${name}, ${HEADS[statistic].toLowerCase()}`}
                        title="Sort by it"
                        onClick={() => {
                          onSort(`${name}.${statistic}`);
                          onClose();
                        }}
                      >
                        ↕
                      </Button>
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          ))}
        </table>
      )}
    </Dialog>
  );
}
