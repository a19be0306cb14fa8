import type { Checkpoint, Run } from '@gradstream/sdk';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useId, useState, type ReactNode } from 'react';
import { Link, useNavigate } from 'react-router';
import { useClient } from '../../../session/SessionProvider.js';
import { Button } from '../../../ui/Button.js';
import { Dialog } from '../../../ui/Dialog.js';
import { SelectField, TextAreaField, TextField } from '../../../ui/Field.js';
import { messageOf, problemsOf } from '../../../ui/messages.js';
import { ProblemList } from '../../../ui/ProblemList.js';
import { EmptyState, ErrorState, LoadingState } from '../../../ui/States.js';
import { useTell } from '../../../ui/Toasts.js';
import { checkpointsKey, runKey } from '../queries.js';
import {
  changesOf,
  formOf,
  lengthName,
  placed,
  type Changes,
  type ForkErrors,
  type ForkField,
} from './forkChanges.js';
import './dialogs.css';

interface ForkDialogProps {
  readonly run: Run;
  /** Where to begin; the last one that training can go on from, unless said. */
  readonly checkpointId?: string;
  readonly onClose: () => void;
}

/** Makes a run that goes on from a checkpoint of this one, with other settings. */
export function ForkDialog({ run, checkpointId, onClose }: ForkDialogProps): ReactNode {
  const client = useClient();
  const { data, error, refetch } = useQuery({
    queryKey: [...checkpointsKey(run.id), 'resumable'],
    queryFn: async () => {
      const { data: newest } = await client.runs.checkpoints(run.id, { limit: 100 });
      const own =
        checkpointId === undefined || newest.some(({ id }) => id === checkpointId)
          ? []
          : [await client.checkpoints.get(checkpointId)];
      return [...newest, ...own].filter(({ resumable }) => resumable);
    },
    ...{ gcTime: 0, staleTime: Infinity, refetchOnWindowFocus: false },
  });
  const [first] = data ?? [];
  if (data && first) return <ForkForm {...{ run, onClose }} start={checkpointId ?? first.id} all={data} />;
  return (
    <Dialog title={`Fork ${run.name}`} onClose={onClose}>
      {error && <ErrorState error={error} onRetry={() => void refetch()} />}
      {!error && !data && <LoadingState what="the checkpoints" />}
      {data && (
        <EmptyState title="There is no checkpoint to begin at">
          A fork needs one that holds all of the state. The run writes its first at the end of an epoch,
          unless its spec says otherwise; a pause writes one, too.
        </EmptyState>
      )}
    </Dialog>
  );
}

interface ForkFormProps extends ForkDialogProps {
  readonly start: string;
  readonly all: readonly Checkpoint[];
}

function ForkForm({ run, start, all, onClose }: ForkFormProps): ReactNode {
  const client = useClient();
  const cache = useQueryClient();
  const navigate = useNavigate();
  const tell = useTell();
  const formId = useId();
  const [chosen, setChosen] = useState(start);
  const [form, setForm] = useState(() => formOf(run.name, run.spec));
  const [own, setOwn] = useState<ForkErrors>({});
  const fork = useMutation({
    mutationFn: (changes: Changes) => client.runs.fork(run.id, { checkpoint: chosen, changes }),
    onSuccess: async (made) => {
      cache.setQueryData(runKey(made.id), made);
      tell('done', `${made.name} is queued: it goes on where ${run.name} stood.`);
      onClose();
      await navigate(`/runs/${made.id}`);
    },
  });
  const set = (field: ForkField) => (text: string) => setForm({ ...form, [field]: text });
  const at = all.find(({ id }) => id === chosen);
  const submit = (): void => {
    const isAtEnd = at !== undefined && run.totalSteps !== null && at.step >= run.totalSteps;
    const made = changesOf(form, run.spec, isAtEnd);
    setOwn('errors' in made ? made.errors : {});
    if ('changes' in made) fork.mutate(made.changes);
  };
  const told = placed(problemsOf(fork.error));
  const errors = { ...told.errors, ...own };
  const actions = (
    <>
      <Button onClick={onClose}>Discard</Button>
      <Button kind="primary" type="submit" form={formId} isBusy={fork.isPending}>
        Start the fork
      </Button>
    </>
  );
  return (
    <Dialog title={`Fork ${run.name}`} actions={actions} onClose={onClose}>
      <form
        id={formId}
        className="run-dialog-form"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <SelectField
          label="Begin at"
          value={chosen}
          options={all.map(({ id, step, epoch }) => ({ value: id, label: `step ${step}, epoch ${epoch}` }))}
          onChange={setChosen}
        />
        <TextField label="Name" value={form.name} onChange={set('name')} error={errors.name ?? null} />
        <div className="run-dialog-pair">
          <TextField
            label="Learning rate"
            inputMode="decimal"
            hint={`Of ${run.spec.optimizer.name}; it was ${run.spec.optimizer.learningRate}`}
            value={form.learningRate}
            onChange={set('learningRate')}
            error={errors.learningRate ?? null}
          />
          <TextField
            label={lengthName(run.spec) === 'epochs' ? 'Epochs in all' : 'Steps in all'}
            inputMode="numeric"
            hint={`From the start of the first run; it begins in epoch ${at?.epoch ?? '?'}, step ${at?.step ?? '?'}`}
            value={form.length}
            onChange={set('length')}
            error={errors.length ?? null}
          />
        </div>
        <TextAreaField
          label="Other settings (JSON)"
          hint="Each one whole, as a run is posted; empty for none"
          rows={4}
          placeholder='{"clip": {"globalNorm": 1}}'
          value={form.more}
          onChange={set('more')}
          error={errors.more ?? null}
        />
        {fork.error !== null && Object.keys(told.errors).length === 0 && (
          <p className="field-error" role="alert">
            {messageOf(fork.error)}
          </p>
        )}
        <ProblemList problems={told.others} />
        <p className="hint">
          Batch size ({run.spec.batchSize}), data, model and the kind of optimizer stay: what was learned
          hangs on them. To change those, make a{' '}
          <Link to={`/runs/new?like=${run.id}`}>new run like this one</Link>.
        </p>
      </form>
    </Dialog>
  );
}
