import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { usePageTitle } from '../../app/usePageTitle.js';
import { useClient } from '../../session/SessionProvider.js';
import { Button } from '../../ui/Button.js';
import { formatBytes, formatNumber, formatTime } from '../../ui/format.js';
import { EmptyState, ErrorState, LoadingState } from '../../ui/States.js';
import { usePages } from '../../ui/usePages.js';
import { DatasetBadge } from './DatasetBadge.js';
import '../../ui/list.css';
import '../../ui/table.css';

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
        <div className="card table-box" tabIndex={0} role="region" aria-label="Datasets">
          <table className="table">
            <thead>
              <tr>
                <th scope="col">Name</th>
                <th scope="col">State</th>
                {['Rows', 'Columns', 'Size'].map((name) => (
                  <th key={name} scope="col" className="number">
                    {name}
                  </th>
                ))}
                <th scope="col">Format</th>
                <th scope="col">Made</th>
              </tr>
            </thead>
            <tbody>
              {items.map(({ id, name, state, format, rowCount, columns, bytes, createdAt }) => (
                <tr key={id}>
                  <th scope="row" className="list-cut">
                    <Link to={`/datasets/${id}`} title={name}>
                      {name}
                    </Link>
                  </th>
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
            </tbody>
          </table>
          {hasMore && (
            <Button isBusy={isFetchingMore} onClick={more}>
              Show older ones
            </Button>
          )}
        </div>
      )}
    </div>
  );
}
