import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useClient } from '../../session/SessionProvider.js';
import { formatNumber } from '../../ui/format.js';
import { ErrorState, LoadingState } from '../../ui/States.js';

/** The columns of a dataset with types and statistics, and its first rows. */
export function DatasetPreview({ id }: { readonly id: string }): ReactNode {
  const client = useClient();
  const { data, error, refetch } = useQuery({
    queryKey: ['dataset', id, 'preview'],
    queryFn: async () => ({
      ...(await client.datasets.preview(id, { rows: 5 })),
      stats: await client.datasets.stats(id),
    }),
    staleTime: Infinity,
  });
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data) return <LoadingState what="the preview" />;
  const isNumeric = (column: number): boolean => data.stats.columns[column]?.type === 'numeric';
  return (
    <div className="new-run-preview" tabIndex={0} role="region" aria-label="Preview of the dataset">
      <table className="table">
        <caption>
          {formatNumber(data.rowCount)} rows; the first of them, under what each column holds.
        </caption>
        <thead>
          <tr>
            {data.stats.columns.map(({ name, type }) => (
              <th key={name} scope="col" className={type === 'numeric' ? 'number' : ''}>
                {name}
              </th>
            ))}
          </tr>
          <tr>
            {data.stats.columns.map(({ name, type, min, max, mean, distinct, missing }) => (
              <td key={name} className={type === 'numeric' ? 'number' : ''}>
                <strong>{type}</strong>
                <br />
                {mean === null
                  ? `${formatNumber(distinct)} values`
                  : `${formatNumber(min, 3)} to ${formatNumber(max, 3)}`}
                <br />
                {missing > 0
                  ? `${formatNumber(missing)} missing`
                  : mean !== null && `mean ${formatNumber(mean, 3)}`}
              </td>
            ))}
          </tr>
        </thead>
        <tbody>
          {data.rows.map((row, at) => (
            <tr key={at}>
              {row.map((cell, column) => (
                <td key={data.columns[column]} className={isNumeric(column) ? 'number' : ''}>
                  {typeof cell === 'number' ? formatNumber(cell, 6) : String(cell ?? '')}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
