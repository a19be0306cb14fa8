import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { usePageTitle } from '../../app/usePageTitle.js';
import { useClient } from '../../session/SessionProvider.js';
import { formatNumber, formatTime } from '../../ui/format.js';
import { ListTable, NameCell } from '../../ui/ListTable.js';
import { EmptyState, ErrorState, LoadingState } from '../../ui/States.js';
import { usePages } from '../../ui/usePages.js';
import { endsText } from '../../ui/shapeText.js';

const PAGE = 50;
const COMMAND = 'POST /v1/models {"name": "mlp", "definition": [ … ]}';

/** All stored models of the project, the newest first. */
export function ModelsPage(): ReactNode {
  usePageTitle('Models');
  const client = useClient();
  const { items, error, hasMore, isFetchingMore, more, again } = usePages({
    key: ['models', 'list'],
    fetch: (after) => client.models.list({ limit: PAGE, ...(after === null ? {} : { after }) }),
  });
  if (error && !items) return <ErrorState error={error} onRetry={again} />;
  if (!items) return <LoadingState what="the models" />;
  return (
    <div className="list-page">
      <div className="page-title">
        <h1>Models</h1>
      </div>
      {items.length === 0 ? (
        <EmptyState title="No stored models">
          <p>
            A <Link to="/runs/new">new run</Link> brings its own. To use one again and again, store it:
          </p>
          <pre>
            <code>{COMMAND}</code>
          </pre>
        </EmptyState>
      ) : (
        <ListTable
          label="Models"
          heads={[
            'Name',
            { number: 'Layers' },
            { number: 'Parameters' },
            'Input',
            'Output',
            { number: 'Stored' },
          ]}
          more={hasMore ? { isBusy: isFetchingMore, fetch: more } : null}
        >
          {items.map(({ id, name, layers, parameterCount, inputs, outputs, createdAt }) => (
            <tr key={id}>
              <NameCell to={`/models/${id}`} name={name} />
              <td className="number">{formatNumber(layers.length)}</td>
              <td className="number">{formatNumber(parameterCount)}</td>
              <td>{endsText(inputs)}</td>
              <td>{endsText(outputs)}</td>
              <td className="number">{formatTime(createdAt)}</td>
            </tr>
          ))}
        </ListTable>
      )}
    </div>
  );
}
