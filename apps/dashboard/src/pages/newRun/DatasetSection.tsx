import type { Dataset } from '@gradstream/sdk';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useClient } from '../../session/SessionProvider.js';
import { SelectField } from '../../ui/Field.js';
import { ErrorState } from '../../ui/States.js';
import { DatasetPreview } from './DatasetPreview.js';
import { UploadBox } from './upload/UploadBox.js';

interface DatasetSectionProps {
  readonly datasetId: string | null;
  readonly onChange: (dataset: Dataset | undefined) => void;
}

/** Picks a dataset, or makes one of a file. */
export function DatasetSection({ datasetId, onChange }: DatasetSectionProps): ReactNode {
  const client = useClient();
  const { data, error, refetch } = useQuery({
    queryKey: ['datasets'],
    queryFn: () => client.datasets.list({ limit: 100 }),
  });
  const ready = (data?.data ?? []).filter(({ state }) => state === 'ready');
  const isListed = datasetId === null || ready.some(({ id }) => id === datasetId);
  return (
    <section className="card new-run-section" aria-label="Dataset">
      <h2>Dataset</h2>
      {error && <ErrorState error={error} onRetry={() => void refetch()} />}
      <SelectField
        label="One that is here"
        value={datasetId ?? ''}
        options={[
          { value: '', label: data && ready.length === 0 ? 'None yet: drop a file below' : 'Choose …' },
          ...(isListed ? [] : [{ value: datasetId, label: datasetId }]),
          ...ready.map(({ id, name }) => ({ value: id, label: `${name} (${id.slice(-6)})` })),
        ]}
        onChange={(id) => onChange(ready.find((dataset) => dataset.id === id))}
      />
      <UploadBox onDone={onChange} />
      {datasetId !== null && <DatasetPreview key={datasetId} id={datasetId} />}
    </section>
  );
}
