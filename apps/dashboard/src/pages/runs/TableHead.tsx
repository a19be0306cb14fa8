import type { ReactNode } from 'react';
import type { Column } from './tableColumns.js';
import type { Order, RunSort } from './runsView.js';

interface TableHeadProps {
  readonly columns: readonly Column[];
  readonly sort: RunSort;
  readonly order: Order;
  readonly onSort: (sort: RunSort) => void;
  readonly isAllSelected: boolean;
  readonly onSelectAll: () => void;
}

/** The heads of the columns: a click sorts, another one the other way round. */
export function TableHead({
  columns,
  sort,
  order,
  onSort,
  isAllSelected,
  onSelectAll,
}: TableHeadProps): ReactNode {
  return (
    <div role="row" aria-rowindex={1} className="runs-head">
      <div role="columnheader" className="runs-select">
        <label className="runs-box">
          <input
            type="checkbox"
            aria-label="Select the runs that are listed"
            checked={isAllSelected}
            onChange={onSelectAll}
          />
        </label>
      </div>
      {columns.map(({ id, label, sort: sortOfColumn }) => {
        const direction = order === 'asc' ? 'ascending' : 'descending';
        const isSorted = sortOfColumn === sort;
        return (
          <div
            key={id}
            role="columnheader"
            className={id === 'name' ? 'runs-name' : ''}
            aria-sort={isSorted ? direction : undefined}
          >
            {sortOfColumn === null ? (
              <span className="runs-cut">{label}</span>
            ) : (
              <button type="button" title={`Sort by ${label}`} onClick={() => onSort(sortOfColumn)}>
                <span className="runs-cut">{label}</span>
                <span aria-hidden="true">{isSorted ? (order === 'asc' ? '▲' : '▼') : ''}</span>
              </button>
            )}
          </div>
        );
      })}
      <div role="columnheader" className="runs-menu">
        <span className="visually-hidden">Commands</span>
      </div>
    </div>
  );
}
