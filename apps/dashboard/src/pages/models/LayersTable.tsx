import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useClient } from '../../session/SessionProvider.js';
import { Facts } from '../../ui/Facts.js';
import { formatNumber } from '../../ui/format.js';
import { LayerTable } from '../../ui/LayerTable.js';
import { ErrorState, LoadingState } from '../../ui/States.js';

/** The layers of a model, and what they come to. */
export function LayersTable({ id }: { readonly id: string }): ReactNode {
  const client = useClient();
  const { data, error, refetch } = useQuery({
    queryKey: ['model', id, 'summary'],
    queryFn: () => client.models.summary(id),
    staleTime: Infinity,
  });
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data) return <LoadingState what="its layers" />;
  const { layers, parameters, frozenLayers, flops } = data;
  return (
    <section className="card" aria-label="Layers">
      <h2>Layers</h2>
      <Facts
        facts={[
          ['Trainable', formatNumber(parameters.trainable)],
          parameters.frozen === 0
            ? null
            : ['Frozen', `${formatNumber(parameters.frozen)} (${frozenLayers.join(', ')})`],
          ['Operations of a sample, forward', formatNumber(flops.forward)],
        ]}
      />
      <div className="table-box" tabIndex={0} role="region" aria-label="Layers, as a table">
        <LayerTable layers={layers} />
      </div>
    </section>
  );
}
