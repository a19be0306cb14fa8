import type { ReactNode } from 'react';
import { Button } from '../../ui/Button.js';
import type { MetricColumn } from './metricColumns.js';
import type { Order, RunSort } from './runsView.js';

const PLAIN: readonly { readonly value: RunSort; readonly label: string }[] = [
  { value: 'createdAt', label: 'Created' },
  { value: 'name', label: 'Name' },
  { value: 'state', label: 'State' },
  { value: 'step', label: 'Step' },
  { value: 'duration', label: 'Duration' },
];

interface SortFieldProps {
  readonly sort: RunSort;
  readonly order: Order;
  readonly metrics: readonly { readonly value: MetricColumn; readonly label: string }[];
  readonly onSort: (sort: RunSort, order?: Order) => void;
}

/** The order of the list, for those who see no heads of columns, and for what has none. */
export function SortField({ sort, order, metrics, onSort }: SortFieldProps): ReactNode {
  const options = [...PLAIN, ...metrics];
  const choose = (text: string): void => {
    const chosen = options.find(({ value }) => value === text);
    if (chosen) onSort(chosen.value);
  };
  return (
    <span className="runs-sort">
      <select aria-label="Sort by" value={sort} onChange={({ target }) => choose(target.value)}>
        {options.map(({ value, label }) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
      <Button
        aria-label={order === 'asc' ? 'Ascending; turn round' : 'Descending; turn round'}
        title={order === 'asc' ? 'Ascending' : 'Descending'}
        onClick={() => onSort(sort, order === 'asc' ? 'desc' : 'asc')}
      >
        <span aria-hidden="true">{order === 'asc' ? '▲' : '▼'}</span>
      </Button>
    </span>
  );
}
