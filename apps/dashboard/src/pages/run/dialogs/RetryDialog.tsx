import type { Run } from '@gradstream/sdk';
import { useState, type ReactNode } from 'react';
import { Button } from '../../../ui/Button.js';
import { Dialog } from '../../../ui/Dialog.js';
import { Refusal } from '../../../ui/Refusal.js';

interface RetryDialogProps {
  readonly run: Run;
  readonly isBusy: boolean;
  /** Why it was not done. */
  readonly refusal: unknown;
  readonly onRetry: (fromStart: boolean) => void;
  readonly onClose: () => void;
}

const CHOICES = [
  {
    fromStart: false,
    label: 'From its last checkpoint',
    hint: 'The last one that holds all of the state; without one, where the run began.',
  },
  {
    fromStart: true,
    label: 'From where it began',
    hint: 'What it has learned so far is taken back; its history stays to be read.',
  },
] as const;

/** Starts a run again that failed or was cancelled. */
export function RetryDialog({ run, isBusy, refusal, onRetry, onClose }: RetryDialogProps): ReactNode {
  const [fromStart, setFromStart] = useState(false);
  const actions = (
    <>
      <Button onClick={onClose}>Not now</Button>
      <Button kind="primary" isBusy={isBusy} onClick={() => onRetry(fromStart)}>
        Retry
      </Button>
    </>
  );
  return (
    <Dialog title={`Retry ${run.name}`} actions={actions} onClose={onClose}>
      <fieldset className="run-choices">
        <legend>
          It was {run.state} at step {run.step}. Begin
        </legend>
        {CHOICES.map((choice) => (
          <label key={choice.label}>
            <input
              type="radio"
              name="retry-from"
              checked={choice.fromStart === fromStart}
              onChange={() => setFromStart(choice.fromStart)}
            />
            <span>
              {choice.label}
              <span className="hint">{choice.hint}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <Refusal error={refusal} />
    </Dialog>
  );
}
