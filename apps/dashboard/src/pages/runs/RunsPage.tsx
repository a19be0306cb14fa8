import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { usePageTitle } from '../../app/usePageTitle.js';
import { useClient } from '../../session/SessionProvider.js';
import { StateBadge } from '../../ui/StateBadge.js';
import { ErrorState, LoadingState } from '../../ui/States.js';

/** All runs of the project. */
export function RunsPage(): ReactNode {
  usePageTitle('Runs');
  const client = useClient();
  const { data, error, refetch } = useQuery({ queryKey: ['runs'], queryFn: () => client.runs.list() });
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data) return <LoadingState what="the runs" />;
  return (
    <>
      <div className="page-title">
        <h1>Runs</h1>
      </div>
      <ul>
        {data.data.map(({ id, name, state }) => (
          <li key={id}>
            <Link to={`/runs/${id}`}>{name}</Link> <StateBadge state={state} />
          </li>
        ))}
      </ul>
    </>
  );
}
