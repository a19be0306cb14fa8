import type { Run } from '@gradstream/sdk';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { useClient } from '../../../session/SessionProvider.js';
import { formatTime } from '../../../ui/format.js';

/** The dataset's name; its id until that is known, or where it is gone. */
function DatasetName({ run }: { readonly run: Run }): ReactNode {
  const client = useClient();
  const id = run.spec.dataset;
  const isThere = run.datasetDeletedAt === null;
  const { data } = useQuery({
    ...{ queryKey: ['dataset', id], queryFn: () => client.datasets.get(id) },
    ...{ enabled: isThere, staleTime: Infinity },
  });
  if (run.datasetDeletedAt !== null)
    return (
      <span title={id}>
        deleted on {formatTime(run.datasetDeletedAt)} <code>{id}</code>
      </span>
    );
  return (
    <Link to={`/datasets/${id}`} title={id}>
      {data?.name ?? <code>{id}</code>}
    </Link>
  );
}

/** The model's name; of one that was posted with the run, what it is. */
function ModelName({ run }: { readonly run: Run }): ReactNode {
  const client = useClient();
  const { id, definition } = run.spec.model;
  const { data } = useQuery({
    queryKey: ['model', id],
    queryFn: () => client.models.get(id ?? ''),
    enabled: id !== null,
    staleTime: Infinity,
  });
  if (id !== null)
    return (
      <Link to={`/models/${id}`} title={id}>
        {data?.name ?? <code>{id}</code>}
      </Link>
    );
  const kind = 'class_name' in definition ? definition['class_name'] : null;
  return <>{typeof kind === 'string' ? `${kind}, posted with the run` : 'posted with the run'}</>;
}

/** What a run is of, and where it comes from. */
export function RunFacts({ run }: { readonly run: Run }): ReactNode {
  const { origin } = run.spec;
  return (
    <dl className="run-facts">
      <div>
        <dt>Dataset</dt>
        <dd>
          <DatasetName run={run} />
        </dd>
      </div>
      <div>
        <dt>Model</dt>
        <dd>
          <ModelName run={run} />
        </dd>
      </div>
      {origin !== null && (
        <div>
          <dt>Forked</dt>
          <dd>
            at step {origin.step} of <Link to={`/runs/${origin.run}`}>another run</Link>
          </dd>
        </div>
      )}
      <div>
        <dt>Made</dt>
        <dd className="number">{formatTime(run.createdAt)}</dd>
      </div>
      {run.attempt > 1 && (
        <div>
          <dt>Attempts</dt>
          <dd>
            <Link to="?tab=events">{run.attempt}</Link>
          </dd>
        </div>
      )}
      <div>
        <dt>Id</dt>
        <dd>
          <code>{run.id}</code>
        </dd>
      </div>
    </dl>
  );
}
