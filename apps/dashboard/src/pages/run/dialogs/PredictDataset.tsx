import type { PredictionInput, Run } from '@gradstream/sdk';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useClient } from '../../../session/SessionProvider.js';
import { Button } from '../../../ui/Button.js';
import { SelectField } from '../../../ui/Field.js';
import { formatNumber } from '../../../ui/format.js';
import { EmptyState, ErrorState, LoadingState } from '../../../ui/States.js';

interface PredictDatasetProps {
  readonly run: Run;
  readonly isBusy: boolean;
  readonly onPredict: (input: PredictionInput) => void;
}

/** Rows of a page: as many as one reads. */
const PAGE_ROWS = 50;

/** A choice of the project's newest datasets that are ready. */
export function PredictDataset({ run, isBusy, onPredict }: PredictDatasetProps): ReactNode {
  const client = useClient();
  const [chosen, setChosen] = useState(run.spec.dataset);
  const { data, error, refetch } = useQuery({
    queryKey: ['datasets', 'newest'],
    queryFn: async () => (await client.datasets.list({ limit: 100 })).data,
  });
  if (error) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (!data) return <LoadingState what="the datasets" />;
  const ready = data.filter(({ state }) => state === 'ready');
  const [first] = ready;
  if (!first)
    return (
      <EmptyState title="No dataset is ready">Upload one where a new run is made, or type rows.</EmptyState>
    );
  const dataset = ready.some(({ id }) => id === chosen) ? chosen : first.id;
  return (
    <form
      className="run-dialog-form"
      onSubmit={(event) => {
        event.preventDefault();
        onPredict({ dataset, limit: PAGE_ROWS });
      }}
    >
      <SelectField
        label="Dataset"
        hint="It needs the columns that the run takes; others do not matter."
        value={dataset}
        options={ready.map(({ id, name, rowCount }) => ({
          value: id,
          label: `${name} (${rowCount === null ? '?' : formatNumber(rowCount)} rows)`,
        }))}
        onChange={setChosen}
      />
      <div className="predict-buttons">
        <Button kind="primary" type="submit" isBusy={isBusy}>
          Predict its first rows
        </Button>
      </div>
    </form>
  );
}
