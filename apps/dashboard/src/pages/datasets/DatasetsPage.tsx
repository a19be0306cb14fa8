import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { usePageTitle } from '../../app/usePageTitle.js';
import { useClient } from '../../session/SessionProvider.js';
import { formatBytes, formatNumber, formatTime } from '../../ui/format.js';
import { ListTable, NameCell } from '../../ui/ListTable.js';
import { EmptyState, ErrorState, LoadingState } from '../../ui/States.js';
import { usePages } from '../../ui/usePages.js';
import { DatasetBadge } from './DatasetBadge.js';

const PAGE = 50;
/** While one is uploaded or checked. */
const EVERY_MS = 2000;

/** All datasets of the project, the newest first. */
export function DatasetsPage(): ReactNode {
  usePageTitle('Datasets');
  const client = useClient();
  const { items, error, hasMore, isFetchingMore, more, again } = usePages({
    key: ['datasets', 'list'],
    fetch: (after) => client.datasets.list({ limit: PAGE, ...(after === null ? {} : { after }) }),
    interval: (all) =>
      all.some(({ state }) => state === 'uploading' || state === 'checking') ? EVERY_MS : false,
  });
  if (error && !items) return <ErrorState error={error} onRetry={again} />;
  if (!items) return <LoadingState what="the datasets" />;
  return (
    <div className="list-page">
      <div className="page-title">
        <h1>Datasets</h1>
        <Link to="/runs/new" className="button">
          Upload one …
        </Link>
      </div>
      {items.length === 0 ? (
        <EmptyState title="No datasets yet">
          Drop a file on the page of a <Link to="/runs/new">new run</Link>.
        </EmptyState>
      ) : (
        <ListTable
          label="Datasets"
          heads={[
            ...['Name', 'State', { number: 'Rows' }, { number: 'Columns' }, { number: 'Size' }],
            ...['Format', { number: 'Made' }],
          ]}
          more={hasMore ? { isBusy: isFetchingMore, fetch: more } : null}
        >
          {items.map(({ id, name, state, format, rowCount, columns, bytes, createdAt }) => (
            <tr key={id}>
              <NameCell to={`/datasets/${id}`} name={name} />
              <td>
                <DatasetBadge state={state} />
              </td>
              <td className="number">{formatNumber(rowCount)}</td>
              <td className="number">{formatNumber(columns?.length)}</td>
              <td className="number">{bytes === null ? '–' : formatBytes(bytes)}</td>
              <td>{format}</td>
              <td className="number">{formatTime(createdAt)}</td>
            </tr>
          ))}
        </ListTable>
      )}
    </div>
  );
}
