import type { DatasetPreview, PredictionInput, Run } from '@gradstream/sdk';
import { useMutation } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useClient } from '../../../session/SessionProvider.js';
import { Button } from '../../../ui/Button.js';
import { TextAreaField } from '../../../ui/Field.js';
import { messageOf } from '../../../ui/messages.js';
import { parseRows } from './rows.js';

interface PredictRowsProps {
  readonly run: Run;
  readonly isBusy: boolean;
  readonly onPredict: (input: PredictionInput) => void;
}

const EXAMPLES = 3;

/** The first rows of a dataset as JSON, the columns that the run takes alone; a row a line. */
function asText({ columns, rows }: DatasetPreview, wanted: readonly string[]): string {
  const lines = rows.map((row) =>
    JSON.stringify(
      Object.fromEntries(wanted.map((name) => [name, row[columns.indexOf(name)] ?? null] as const)),
    ),
  );
  return `[\n${lines.join(',\n')}\n]`;
}

/** A field for rows, and some of the run's dataset to begin with. */
export function PredictRows({ run, isBusy, onPredict }: PredictRowsProps): ReactNode {
  const client = useClient();
  const [text, setText] = useState('');
  const [error, setError] = useState<string | null>(null);
  const { dataset, inputColumns } = run.spec;
  const fill = useMutation({
    mutationFn: () => client.datasets.preview(dataset, { rows: EXAMPLES }),
    onSuccess: (preview) => setText(asText(preview, inputColumns)),
    onError: (thrown) => setError(messageOf(thrown)),
  });
  const submit = (): void => {
    try {
      const rows = parseRows(text, inputColumns);
      setError(null);
      onPredict({ rows });
    } catch (thrown) {
      setError(messageOf(thrown));
    }
  };
  const some = inputColumns.slice(0, 4).join(', ');
  return (
    <form
      className="run-dialog-form"
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <TextAreaField
        label="Rows, as CSV or JSON"
        hint={`${inputColumns.length === 1 ? 'One column' : `${inputColumns.length} columns`}: ${some}${inputColumns.length > 4 ? ' …' : ''}. A first line of names is understood, and so are values in this order. At most 1,000 rows.`}
        className="predict-rows"
        rows={7}
        wrap="off"
        value={text}
        onChange={setText}
        error={error}
      />
      <div className="predict-buttons">
        <Button kind="primary" type="submit" isBusy={isBusy}>
          Predict
        </Button>
        {run.datasetDeletedAt === null && (
          <Button isBusy={fill.isPending} onClick={() => fill.mutate()}>
            Fill in rows of its dataset
          </Button>
        )}
      </div>
    </form>
  );
}
