import type { Dataset } from '@gradstream/sdk';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useNavigate, useParams } from 'react-router';
import { usePageTitle } from '../../app/usePageTitle.js';
import { useCanWrite, useClient } from '../../session/SessionProvider.js';
import { Button } from '../../ui/Button.js';
import { CopyButton } from '../../ui/CopyButton.js';
import { Facts } from '../../ui/Facts.js';
import { formatBytes, formatNumber, formatTime } from '../../ui/format.js';
import { toProblems } from '../../ui/messages.js';
import { ProblemList } from '../../ui/ProblemList.js';
import { RemoveDialog } from '../../ui/RemoveDialog.js';
import { ErrorState, LoadingState } from '../../ui/States.js';
import { useTell } from '../../ui/Toasts.js';
import { useNewRunWith } from '../newRun/useNewRunWith.js';
import { DatasetBadge } from './DatasetBadge.js';
import { DatasetContents } from './DatasetContents.js';
import '../../ui/list.css';

const EVERY_MS = 1000;
const isPending = ({ state }: Dataset): boolean => state === 'uploading' || state === 'checking';

/** One dataset: what it holds, or why it was rejected. */
export function DatasetPage(): ReactNode {
  const { datasetId = '' } = useParams();
  const client = useClient();
  const { data, error, refetch } = useQuery({
    queryKey: ['dataset', datasetId],
    queryFn: () => client.datasets.get(datasetId),
    refetchInterval: ({ state }) => (state.data && isPending(state.data) ? EVERY_MS : false),
  });
  usePageTitle(data?.name ?? 'Dataset');
  if (data) return <DatasetView dataset={data} />;
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return <LoadingState what="the dataset" />;
}

function DatasetView({ dataset }: { readonly dataset: Dataset }): ReactNode {
  const { id, name, state, format, rowCount, columns, bytes, sha256, problems, createdAt } = dataset;
  const client = useClient();
  const navigate = useNavigate();
  const tell = useTell();
  const canWrite = useCanWrite();
  const newRunWith = useNewRunWith();
  const [isRemoving, setRemoving] = useState(false);
  return (
    <div className="list-page">
      <div className="page-title">
        <h1>{name}</h1>
        <DatasetBadge state={state} />
        <span className="list-actions">
          <Button
            kind="primary"
            disabled={state !== 'ready' || !canWrite}
            onClick={() => newRunWith({ datasetId: id })}
          >
            New run with this
          </Button>
          <Button kind="danger" disabled={!canWrite} onClick={() => setRemoving(true)}>
            Delete …
          </Button>
        </span>
      </div>
      <section className="card" aria-label="About the dataset">
        <Facts
          facts={[
            rowCount === null ? null : ['Rows', formatNumber(rowCount)],
            columns === null ? null : ['Columns', formatNumber(columns.length)],
            bytes === null ? null : ['Size', formatBytes(bytes)],
            ['Format', format],
            ['Made', formatTime(createdAt)],
            [
              'Id',
              <span key="id" className="facts-id">
                <code>{id}</code> <CopyButton text={id} what="the dataset’s id" />
              </span>,
            ],
            sha256 === null ? null : ['SHA-256', <code key="sha">{sha256}</code>],
          ]}
        />
      </section>
      {state === 'ready' && <DatasetContents id={id} />}
      {state === 'rejected' && (
        <section className="card" aria-label="Problems">
          <h2>Why it was rejected</h2>
          <p>Correct the file at these places, and upload it again. At most 100 are listed.</p>
          <ProblemList problems={toProblems(problems)} />
        </section>
      )}
      {isPending(dataset) && (
        <p className="hint" role="status">
          {state === 'checking'
            ? 'A worker reads it and checks each row. This page shows what it finds.'
            : 'Its file is not complete: whoever sends it can go on, or delete it.'}
        </p>
      )}
      {isRemoving && (
        <RemoveDialog
          what={`the dataset ${name}`}
          onRemove={() => client.datasets.delete(id)}
          force={{
            label: 'Delete it all the same',
            run: () => client.datasets.delete(id, { force: true }),
          }}
          onRemoved={() => {
            tell('done', `The dataset ${name} is deleted.`);
            void navigate('/datasets', { replace: true });
          }}
          onClose={() => setRemoving(false)}
        >
          <p>
            Its files do not come back. Runs that have ended keep their history, but cannot be retried or
            forked without their data.
          </p>
        </RemoveDialog>
      )}
    </div>
  );
}
