import type { Checkpoint, PredictionInput, Predictions, Run } from '@gradstream/sdk';
import { useMutation } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useClient } from '../../../session/SessionProvider.js';
import { Button } from '../../../ui/Button.js';
import { Dialog } from '../../../ui/Dialog.js';
import { messageOf, problemsOf } from '../../../ui/messages.js';
import { ProblemList } from '../../../ui/ProblemList.js';
import { PredictDataset } from './PredictDataset.js';
import { PredictionTable } from './PredictionTable.js';
import { PredictRows } from './PredictRows.js';
import { placeOf } from './rows.js';
import './dialogs.css';

interface PredictDialogProps {
  readonly run: Run;
  readonly checkpoint: Checkpoint;
  readonly onClose: () => void;
}

/** A page of answers, and the number of its first row. */
interface Shown {
  readonly answer: Predictions;
  readonly firstRow: number;
  readonly input: PredictionInput;
}

const SOURCES = { rows: 'Rows', dataset: 'A dataset' } as const;
type Source = keyof typeof SOURCES;

/** Asks a checkpoint about rows that are typed or pasted, or about a dataset, page by page. */
export function PredictDialog({ run, checkpoint, onClose }: PredictDialogProps): ReactNode {
  const client = useClient();
  const [source, setSource] = useState<Source>('rows');
  const [shown, setShown] = useState<Shown | null>(null);
  const predict = useMutation({
    mutationFn: async ({ input, firstRow }: { input: PredictionInput; firstRow: number }) => ({
      ...{ input, firstRow, answer: await client.checkpoints.predict(checkpoint.id, input) },
    }),
    onSuccess: setShown,
    onError: () => setShown(null),
  });
  const begin = (input: PredictionInput): void => predict.mutate({ input, firstRow: 1 });
  const problems = problemsOf(predict.error).map((problem) => ({
    ...problem,
    pointer: placeOf(problem.pointer),
  }));
  const next = shown !== null && 'dataset' in shown.input ? shown.answer.nextCursor : null;
  return (
    <Dialog title={`Predict with step ${checkpoint.step} of ${run.name}`} isWide onClose={onClose}>
      <div className="run-dialog-form">
        <div className="predict-sources" role="group" aria-label="What to predict for">
          {(['rows', 'dataset'] as const).map((one) => (
            <Button key={one} aria-pressed={source === one} onClick={() => setSource(one)}>
              {SOURCES[one]}
            </Button>
          ))}
        </div>
        {source === 'rows' ? (
          <PredictRows run={run} isBusy={predict.isPending} onPredict={begin} />
        ) : (
          <PredictDataset run={run} isBusy={predict.isPending} onPredict={begin} />
        )}
        {predict.error !== null && (
          <div role="alert">
            <p className="field-error">{messageOf(predict.error)}</p>
            <ProblemList problems={problems} />
          </div>
        )}
        {shown !== null && <PredictionTable answer={shown.answer} firstRow={shown.firstRow} />}
        {shown !== null && next !== null && (
          <Button
            isBusy={predict.isPending}
            onClick={() =>
              predict.mutate({
                input: { ...shown.input, after: next },
                firstRow: shown.firstRow + shown.answer.data.length,
              })
            }
          >
            Next rows
          </Button>
        )}
      </div>
    </Dialog>
  );
}
