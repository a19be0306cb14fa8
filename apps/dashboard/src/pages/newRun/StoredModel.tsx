import type { Model } from '@gradstream/sdk';
import type { ReactNode } from 'react';
import { Button } from '../../ui/Button.js';
import { formatTime } from '../../ui/format.js';
import type { Finding } from '../../ui/json/marks.js';
import { ErrorState, LoadingState } from '../../ui/States.js';
import { ProblemList } from '../../ui/ProblemList.js';

interface StoredModelProps {
  readonly model: Model | undefined;
  readonly error: unknown;
  readonly findings: readonly Finding[];
  readonly onRetry: () => void;
  readonly onEdit: (model: Model) => void;
  readonly onWrite: () => void;
}

/** The stored model that the run takes: it does not change, so that one edits a copy. */
export function StoredModel(props: StoredModelProps): ReactNode {
  const { model, error, findings, onRetry, onEdit, onWrite } = props;
  return (
    <div className="stored-model">
      {error !== null && <ErrorState error={error} onRetry={onRetry} />}
      {error === null && model === undefined && <LoadingState what="the model" />}
      {model && (
        <>
          <p>
            The run takes the stored model <strong>{model.name}</strong>.
          </p>
          <p className="hint">
            <code>{model.id}</code>, stored {formatTime(model.createdAt)}
          </p>
          <ProblemList problems={findings} />
        </>
      )}
      <div className="stored-model-actions">
        {model && <Button onClick={() => onEdit(model)}>Edit a copy</Button>}
        <Button onClick={onWrite}>Write one instead</Button>
      </div>
    </div>
  );
}
