import type { ReactNode } from 'react';
import { Button } from '../../ui/Button.js';
import { labelOf } from './metricColumns.js';
import type { RunRow } from './runsApi.js';
import { SearchField } from './SearchField.js';
import { SortField } from './SortField.js';
import { metricsOf } from './tableColumns.js';
import { TagFilter } from './TagFilter.js';
import { STATES, type Order, type RunSort, type RunsView } from './runsView.js';
import type { ChangeView } from './useRunsView.js';

interface RunsFiltersProps {
  readonly view: RunsView;
  readonly change: ChangeView;
  readonly rows: readonly RunRow[];
  readonly onSort: (sort: RunSort, order?: Order) => void;
  readonly onColumns: () => void;
}

/** Which runs are listed, in which order. */
export function RunsFilters({ view, change, rows, onSort, onColumns }: RunsFiltersProps): ReactNode {
  return (
    <div className="runs-filters" role="search" aria-label="Runs">
      <div className="runs-tools">
        <SearchField value={view.search} onSearch={(search) => change(() => ({ search }))} />
        <TagFilter tags={view.tags} rows={rows} onChange={(tags) => change(() => ({ tags }))} />
        <SortField
          sort={view.sort}
          order={view.order}
          metrics={metricsOf(view).map((column) => ({ value: column, label: labelOf(column) }))}
          onSort={onSort}
        />
        <Button onClick={onColumns}>Metrics …</Button>
      </div>
      <div className="runs-states" role="group" aria-label="States">
        {STATES.map((state) => (
          <button
            key={state}
            type="button"
            className="runs-toggle"
            aria-pressed={view.states.includes(state)}
            onClick={() =>
              change(({ states }) => ({
                states: states.includes(state)
                  ? states.filter((other) => other !== state)
                  : [...states, state],
              }))
            }
          >
            {state}
          </button>
        ))}
      </div>
    </div>
  );
}
