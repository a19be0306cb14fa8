import type { Model } from '@gradstream/sdk';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useNavigate, useParams } from 'react-router';
import { usePageTitle } from '../../app/usePageTitle.js';
import { useCanWrite, useClient } from '../../session/SessionProvider.js';
import { Button } from '../../ui/Button.js';
import { CopyButton } from '../../ui/CopyButton.js';
import { Facts } from '../../ui/Facts.js';
import { formatNumber, formatTime } from '../../ui/format.js';
import { RemoveDialog } from '../../ui/RemoveDialog.js';
import { ErrorState, LoadingState } from '../../ui/States.js';
import { useTell } from '../../ui/Toasts.js';
import { useNewRunWith } from '../newRun/useNewRunWith.js';
import { LayersTable } from './LayersTable.js';
import { endsText } from '../../ui/shapeText.js';
import '../../ui/list.css';

/** One stored model: its layers, and its definition. */
export function ModelPage(): ReactNode {
  const { modelId = '' } = useParams();
  const client = useClient();
  const { data, error, refetch } = useQuery({
    queryKey: ['model', modelId],
    queryFn: () => client.models.get(modelId),
    staleTime: Infinity,
  });
  usePageTitle(data?.name ?? 'Model');
  if (data) return <ModelView model={data} />;
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />;
  return <LoadingState what="the model" />;
}

function ModelView({ model }: { readonly model: Model }): ReactNode {
  const { id, name, layers, parameterCount, inputs, outputs, definition, createdAt } = model;
  const client = useClient();
  const navigate = useNavigate();
  const tell = useTell();
  const canWrite = useCanWrite();
  const newRunWith = useNewRunWith();
  const [isRemoving, setRemoving] = useState(false);
  const text = JSON.stringify(definition, null, 2);
  return (
    <div className="list-page">
      <div className="page-title">
        <h1>{name}</h1>
        <span className="list-actions">
          <Button
            kind="primary"
            disabled={!canWrite}
            onClick={() => newRunWith({ modelId: id, model: text })}
          >
            New run with this
          </Button>
          <Button kind="danger" disabled={!canWrite} onClick={() => setRemoving(true)}>
            Delete …
          </Button>
        </span>
      </div>
      <section className="card" aria-label="About the model">
        <Facts
          facts={[
            ['Layers', formatNumber(layers.length)],
            ['Parameters', formatNumber(parameterCount)],
            [inputs.length === 1 ? 'Input' : 'Inputs', endsText(inputs)],
            [outputs.length === 1 ? 'Output' : 'Outputs', endsText(outputs)],
            ['Stored', formatTime(createdAt)],
            [
              'Id',
              <span key="id" className="facts-id">
                <code>{id}</code> <CopyButton text={id} what="the model’s id" />
              </span>,
            ],
          ]}
        />
      </section>
      <LayersTable id={id} />
      <section className="card" aria-label="Definition">
        <details>
          <summary>Definition, as JSON</summary>
          <CopyButton text={text} what="the definition" />
          <pre className="table-box" tabIndex={0}>
            <code>{text}</code>
          </pre>
        </details>
      </section>
      {isRemoving && (
        <RemoveDialog
          what={`the model ${name}`}
          onRemove={() => client.models.delete(id)}
          onRemoved={() => {
            tell('done', `The model ${name} is deleted.`);
            void navigate('/models', { replace: true });
          }}
          onClose={() => setRemoving(false)}
        >
          <p>It does not come back. A model that a run refers to stays.</p>
        </RemoveDialog>
      )}
    </div>
  );
}
