import { useCallback, useMemo, useRef, useState, type ReactNode } from 'react';
import { Link, useNavigate } from 'react-router';
import { usePageTitle } from '../../app/usePageTitle.js';
import { useShortcut } from '../../keyboard/Shortcuts.js';
import { useCanWrite } from '../../session/SessionProvider.js';
import { ErrorState, LoadingState } from '../../ui/States.js';
import { useTell } from '../../ui/Toasts.js';
import { NoMatch, NoRuns } from './NoRuns.js';
import type { RowCommand } from './rowCommands.js';
import type { RunRow } from './runsApi.js';
import { RunsDialogs, type Asked } from './RunsDialogs.js';
import { RunsFilters } from './RunsFilters.js';
import { firstOrder, isFiltered, MAX_COMPARED, MAX_SELECTED, type Order, type RunSort } from './runsView.js';
import { RunTable, type Seen } from './RunTable.js';
import { toggled, withRange } from './selection.js';
import { StatusLine } from './StatusLine.js';
import { useLiveRuns } from './useLiveRuns.js';
import { useMedia } from './useMedia.js';
import { useRunCommands } from './useRunCommands.js';
import { useRunList } from './useRunList.js';
import { useRunsView } from './useRunsView.js';
import './runs.css';
import './runCells.css';

/** All runs of the project: found, sorted, compared, cancelled. */
export function RunsPage(): ReactNode {
  usePageTitle('Runs');
  const navigate = useNavigate();
  const tell = useTell();
  const [view, change] = useRunsView();
  const list = useRunList(view);
  const { rows, refresh } = list;
  const seen = useRef<Seen>({ first: 0, last: 0, isAtTop: true });
  const live = useLiveRuns(view, list, () => {
    const { first, last, isAtTop } = seen.current;
    return { rows: rows.slice(first, last + 1), isAtTop };
  });
  const [asked, setAsked] = useState<Asked | null>(null);
  const anchor = useRef<string | null>(null);
  const canWrite = useCanWrite();
  const command = useRunCommands(refresh);

  const ids = useMemo(() => rows.map(({ id }) => id), [rows]);
  const onSelect = useCallback(
    (id: string, isRange: boolean) => {
      const from = anchor.current;
      anchor.current = id;
      change(({ selected }) => ({
        selected: isRange && from !== null ? withRange(selected, ids, from, id) : toggled(selected, id),
      }));
    },
    [change, ids],
  );
  const onSelectAll = (): void => {
    const isAll = ids.every((id) => view.selected.includes(id));
    if (!isAll && ids.length > MAX_SELECTED)
      tell('done', `The first ${MAX_SELECTED} are selected: as many as can be.`);
    change(() => ({ selected: isAll ? [] : ids.slice(0, MAX_SELECTED) }));
  };
  const onSort = useCallback(
    (sort: RunSort, order?: Order) =>
      change((now) => {
        const turned = now.order === 'asc' ? 'desc' : 'asc';
        return { sort, order: order ?? (sort === now.sort ? turned : firstOrder(sort)) };
      }),
    [change],
  );
  const onTag = useCallback(
    (tag: string) => change(({ tags }) => ({ tags: [...new Set([...tags, tag])] })),
    [change],
  );
  const onCommand = useCallback(
    (name: RowCommand, run: RunRow) => {
      if (name === 'cancel') setAsked({ what: 'cancel', ids: [run.id] });
      else if (name === 'edit' || name === 'delete') setAsked({ what: name, run });
      else void command(name, run);
    },
    [command],
  );
  const compare = (): void => {
    const { length } = view.selected;
    if (length >= 2 && length <= MAX_COMPARED) void navigate(`/compare?runs=${view.selected.join(',')}`);
    else tell('failed', `Select 2 to ${MAX_COMPARED} runs to compare them; ${length} are selected.`);
  };
  useShortcut('c', 'Compare the selected runs', compare);
  const isNarrow = useMedia('(max-width: 720px)');
  const filtered = isFiltered(view);

  if (list.error && !list.fetched) return <ErrorState error={list.error} onRetry={list.restart} />;
  if (!list.fetched) return <LoadingState what="the runs" />;
  const isEmpty = rows.length === 0 && !list.isOld;
  return (
    <div className="runs">
      <div className="page-title">
        <h1>Runs</h1>
        <Link to="/runs/new" className="button button-primary">
          New run
        </Link>
      </div>
      {isEmpty && !filtered ? (
        <NoRuns />
      ) : (
        <>
          <RunsFilters {...{ view, change, rows, onSort }} onColumns={() => setAsked({ what: 'metrics' })} />
          <StatusLine
            {...{ canWrite, isFiltered: filtered, total: list.total, news: live.news, lost: live.lost }}
            selected={view.selected.length}
            onShowNews={list.restart}
            onCompare={compare}
            onCancel={() => setAsked({ what: 'cancel', ids: view.selected })}
            onClear={() => change(() => ({ selected: [] }))}
          />
          {isEmpty ? (
            <NoMatch onClear={() => change(() => ({ search: '', states: [], tags: [] }))} />
          ) : (
            <RunTable
              {...{
                view,
                list,
                live,
                isNarrow,
                seen,
                canWrite,
                onSelect,
                onSelectAll,
                onTag,
                onCommand,
                onSort,
              }}
            />
          )}
        </>
      )}
      {asked !== null && (
        <RunsDialogs
          {...{ asked, view, change, rows, refresh, onSort }}
          onDelete={async (run) => {
            if (await command('delete', run))
              change(({ selected }) => ({ selected: selected.filter((id) => id !== run.id) }));
          }}
          onClose={() => setAsked(null)}
        />
      )}
    </div>
  );
}
