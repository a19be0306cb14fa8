import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { FeatureStatistics } from '@gradstream/sdk';
import { useClient } from '../../session/SessionProvider.js';
import { formatNumber } from '../../ui/format.js';
import { ErrorState, LoadingState } from '../../ui/States.js';
import '../../ui/table.css';

const ROWS = 20;
/** Of the most frequent values, those that are named. */
const TOP = 5;

/** Columns of texts and images have thousands of values: the most frequent ones, with how often they come. */
const topOf = ({ top, type }: FeatureStatistics): string =>
  type === 'numeric'
    ? ''
    : top
        .slice(0, TOP)
        .map(({ value, count }) => `${value === '' ? '""' : value} × ${formatNumber(count)}`)
        .join(', ') + (top.length > TOP ? ', …' : '');

/** What a dataset holds: statistics of its columns, and its first rows. */
export function DatasetContents({ id }: { readonly id: string }): ReactNode {
  const client = useClient();
  const { data, error, refetch } = useQuery({
    queryKey: ['dataset', id, 'contents'],
    queryFn: async () => ({
      preview: await client.datasets.preview(id, { rows: ROWS }),
      stats: await client.datasets.stats(id),
    }),
    staleTime: Infinity,
  });
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data) return <LoadingState what="what it holds" />;
  const { preview, stats } = data;
  const hasTop = stats.columns.some((column) => topOf(column) !== '');
  return (
    <>
      <section className="card" aria-label="Columns">
        <h2>Columns</h2>
        <div className="table-box" tabIndex={0} role="region" aria-label="Statistics of the columns">
          <table className="table">
            <thead>
              <tr>
                <th scope="col">Column</th>
                <th scope="col">Type</th>
                {['Missing', 'Distinct', 'Lowest', 'Highest', 'Mean', 'Deviation'].map((name) => (
                  <th key={name} scope="col" className="number">
                    {name}
                  </th>
                ))}
                {hasTop && <th scope="col">Most frequent</th>}
              </tr>
            </thead>
            <tbody>
              {stats.columns.map((column) => (
                <tr key={column.name}>
                  <th scope="row">{column.name}</th>
                  <td>{column.type}</td>
                  <td className="number">{formatNumber(column.missing)}</td>
                  <td className="number">
                    {column.distinct === null ? 'many' : formatNumber(column.distinct)}
                  </td>
                  {[column.min, column.max, column.mean, column.std].map((figure, at) => (
                    <td key={at} className="number">
                      {formatNumber(figure)}
                    </td>
                  ))}
                  {hasTop && (
                    <td className="list-cut" title={topOf(column)}>
                      {topOf(column)}
                    </td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </section>
      <section className="card" aria-label="First rows">
        <h2>First rows</h2>
        <div className="table-box" tabIndex={0} role="region" aria-label="First rows, as a table">
          <table className="table">
            <caption>
              {preview.rows.length} of {formatNumber(preview.rowCount)} rows. Of images, lists and arrays, how
              many values they have.
            </caption>
            <thead>
              <tr>
                {preview.columns.map((name) => (
                  <th key={name} scope="col">
                    {name}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {preview.rows.map((row, at) => (
                <tr key={at}>
                  {row.map((cell, column) => (
                    <td key={preview.columns[column]} className="list-cut">
                      {cell === null || cell === '' ? <span className="hint">missing</span> : String(cell)}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </section>
    </>
  );
}
