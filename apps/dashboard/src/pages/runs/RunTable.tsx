import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, type CSSProperties, type ReactNode, type RefObject } from 'react';
import { RunCard } from './RunCard.js';
import { RunTableRow } from './RunTableRow.js';
import { metricsOf, tableColumns, templateOf } from './tableColumns.js';
import { rowId, type RunRowProps } from './rowProps.js';
import type { Order, RunSort, RunsView } from './runsView.js';
import { TableHead } from './TableHead.js';
import type { Live } from './useLiveRuns.js';
import { useRowKeys } from './useRowKeys.js';
import type { RunList } from './useRunList.js';

const ROW_HEIGHT = 46;
const CARD_HEIGHT = 138;
const OVERSCAN = 8;
/** Rows before the end at which the next page is fetched. */
const AHEAD = 25;

/** Which rows are seen, for those who ask later. */
export interface Seen {
  first: number;
  last: number;
  isAtTop: boolean;
}

interface RunTableProps extends Pick<RunRowProps, 'canWrite' | 'onSelect' | 'onTag' | 'onCommand'> {
  readonly view: RunsView;
  readonly list: RunList;
  readonly live: Live;
  /** Cards, where a table has no room. */
  readonly isNarrow: boolean;
  readonly seen: RefObject<Seen>;
  readonly onSort: (sort: RunSort, order?: Order) => void;
  readonly onSelectAll: () => void;
}

/** The list of runs: only rows that are seen, and some around them, are in the page. */
export function RunTable(props: RunTableProps): ReactNode {
  const { view, list, live, isNarrow, seen, onSort, onSelect, onSelectAll, ...row } = props;
  const { key, rows, hasMore, isFetchingMore, fetchMore } = list;
  const box = useRef<HTMLDivElement>(null);
  const height = isNarrow ? CARD_HEIGHT : ROW_HEIGHT;
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => box.current,
    estimateSize: () => height,
    overscan: OVERSCAN,
    scrollPaddingStart: isNarrow ? 0 : ROW_HEIGHT,
    onChange: ({ range, scrollOffset }) => {
      seen.current = {
        ...{ first: range?.startIndex ?? 0, last: range?.endIndex ?? 0 },
        isAtTop: (scrollOffset ?? 0) < height,
      };
    },
  });
  useEffect(() => virtual.measure(), [virtual, height]);
  useEffect(() => {
    // Not as the arrow alone: newer browsers answer with a promise, which React would take for the clean-up.
    box.current?.scrollTo(0, 0);
  }, [key]);
  const items = virtual.getVirtualItems();
  const isNearEnd = (items.at(-1)?.index ?? 0) >= rows.length - AHEAD;
  useEffect(() => {
    if (isNearEnd && hasMore && !isFetchingMore) fetchMore();
  }, [isNearEnd, hasMore, isFetchingMore, fetchMore]);
  const current = useRowKeys(
    rows,
    (index) => {
      virtual.scrollToIndex(index);
      box.current?.focus({ preventScroll: true });
    },
    onSelect,
  );
  const metrics = metricsOf(view);
  const columns = tableColumns(metrics);
  const { template, width } = templateOf(columns);
  const selected = new Set(view.selected);
  const Row = isNarrow ? RunCard : RunTableRow;
  const style: CSSProperties & Record<'--runs-template', string> = {
    '--runs-template': template,
    minWidth: isNarrow ? 0 : width,
  };
  return (
    <div
      ref={box}
      className={`runs-list ${list.isOld ? 'runs-old' : ''}`}
      role="grid"
      aria-label="Runs"
      aria-rowcount={list.total + (isNarrow ? 0 : 1)}
      aria-multiselectable="true"
      aria-busy={list.isOld || isFetchingMore}
      aria-activedescendant={current === null ? undefined : rowId(current)}
      tabIndex={0}
    >
      <div role="presentation" style={style}>
        {!isNarrow && (
          <div role="rowgroup" className="runs-heads">
            <TableHead
              {...{ columns, onSort, onSelectAll, sort: view.sort, order: view.order }}
              isAllSelected={rows.length > 0 && rows.every(({ id }) => selected.has(id))}
            />
          </div>
        )}
        <div role="rowgroup" className="runs-rows" style={{ height: virtual.getTotalSize() }}>
          {items.map(({ index, start }) => {
            const run = rows[index];
            if (!run) return null;
            return (
              <Row
                key={run.id}
                {...{ ...row, run, index, metrics, onSelect, top: start, now: live.now }}
                isSelected={selected.has(run.id)}
                isCurrent={run.id === current}
                sightings={live.sightings.get(run.id) ?? NO_SIGHTINGS}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

const NO_SIGHTINGS: RunRowProps['sightings'] = [];
