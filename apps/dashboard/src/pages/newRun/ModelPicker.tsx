import type { Model } from '@gradstream/sdk';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useClient } from '../../session/SessionProvider.js';
import { Button } from '../../ui/Button.js';
import { Dialog } from '../../ui/Dialog.js';
import { TextField } from '../../ui/Field.js';
import { formatNumber, formatTime } from '../../ui/format.js';
import { endsText } from '../../ui/shapeText.js';
import { EmptyState, ErrorState, LoadingState } from '../../ui/States.js';

interface ModelPickerProps {
  readonly onPick: (model: Model) => void;
  readonly onClose: () => void;
}

const PAGE = 50;

/** The stored models of the project, newest first; a page at a time, for each comes with its whole definition. */
export function ModelPicker({ onPick, onClose }: ModelPickerProps): ReactNode {
  const client = useClient();
  const [search, setSearch] = useState('');
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['models'],
    queryFn: ({ pageParam }) =>
      client.models.list({ limit: PAGE, ...(pageParam === null ? {} : { after: pageParam }) }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });
  const models = (data?.pages ?? []).flatMap((page) => page.data);
  const words = search.trim().toLowerCase();
  const found = models.filter(({ id, name }) => `${name} ${id}`.toLowerCase().includes(words));
  return (
    <Dialog title="Stored models" isWide onClose={onClose}>
      {error && <ErrorState error={error} onRetry={() => void refetch()} />}
      {!error && !data && <LoadingState what="the models" />}
      {data && models.length === 0 && (
        <EmptyState title="No model is stored yet">
          <code>gradstream train SPEC --model FILE</code> stores the model that it trains; so does{' '}
          <code>POST /v1/models</code>.
        </EmptyState>
      )}
      {models.length > 0 && (
        <div className="model-picker">
          <TextField
            label="Search"
            type="search"
            placeholder="Name or id"
            autoFocus
            value={search}
            onChange={setSearch}
          />
          <ModelTable models={found} onPick={onPick} />
          {found.length === 0 && <p className="hint">None of these {models.length} has such a name.</p>}
          {hasNextPage && (
            <Button isBusy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
              Show older ones
            </Button>
          )}
        </div>
      )}
    </Dialog>
  );
}

interface ModelTableProps {
  readonly models: readonly Model[];
  readonly onPick: (model: Model) => void;
}

function ModelTable({ models, onPick }: ModelTableProps): ReactNode {
  return (
    <div className="table-box">
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col" className="number">
              Parameters
            </th>
            <th scope="col">Input → output</th>
            <th scope="col">Stored</th>
          </tr>
        </thead>
        <tbody>
          {models.map((model) => (
            <tr key={model.id}>
              <th scope="row">
                <button type="button" className="link" title={model.id} onClick={() => onPick(model)}>
                  {model.name}
                </button>
              </th>
              <td className="number">{formatNumber(model.parameterCount)}</td>
              <td className="mono">
                {endsText(model.inputs)} → {endsText(model.outputs)}
              </td>
              <td className="number">{formatTime(model.createdAt)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
