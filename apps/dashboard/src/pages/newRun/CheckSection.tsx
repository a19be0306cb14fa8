import type { NewRun } from '@gradstream/sdk';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useNavigate } from 'react-router';
import { useClient } from '../../session/SessionProvider.js';
import { Button } from '../../ui/Button.js';
import { formatBytes } from '../../ui/format.js';
import { toProblems } from '../../ui/messages.js';
import { ProblemList } from '../../ui/ProblemList.js';
import { ErrorState } from '../../ui/States.js';
import { useVerdict } from './useVerdict.js';

/** What the server says of the run as it stands, and its start. */
export function CheckSection({ run }: { readonly run: NewRun | null }): ReactNode {
  const client = useClient();
  const navigate = useNavigate();
  const text = run === null ? null : JSON.stringify(run);
  const { data, error } = useVerdict('run', text, (value) => client.runs.validate(value as NewRun));
  const start = useMutation({
    mutationFn: (wanted: NewRun) => client.runs.create(wanted),
    onSuccess: ({ id }) => void navigate(`/runs/${id}`),
  });
  return (
    <section className="card new-run-section" aria-label="Check and start">
      <h2>Check and start</h2>
      <div aria-live="polite">
        {run === null && <p>Choose a dataset first; the model and the settings have to be JSON.</p>}
        {run !== null && !data && !error && <p>Checking …</p>}
        {run !== null && error && <ErrorState error={error} />}
        {run !== null && data && (
          <>
            <p className={data.ok ? 'new-run-good' : 'field-error'}>
              {data.ok ? '✓ This run can start.' : `✕ ${data.problems.length} things have to be changed:`}
              {data.memory && data.ok && ` A step takes about ${formatBytes(data.memory.total)}.`}
            </p>
            <ProblemList problems={toProblems(data.problems)} />
            <ProblemList problems={toProblems(data.warnings)} />
          </>
        )}
        {start.error && <ErrorState error={start.error} />}
      </div>
      <Button
        kind="primary"
        disabled={run === null}
        isBusy={start.isPending}
        onClick={() => {
          if (run !== null) start.mutate(run);
        }}
      >
        Start the run
      </Button>
    </section>
  );
}
