import type { RunVerdict } from '@gradstream/sdk';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useNavigate } from 'react-router';
import { useClient } from '../../session/SessionProvider.js';
import { Button } from '../../ui/Button.js';
import { formatBytes } from '../../ui/format.js';
import { ProblemList } from '../../ui/ProblemList.js';
import { ErrorState } from '../../ui/States.js';
import { isWhole, type RunDraft } from './draft.js';
import type { PlacedFinding } from './findings.js';
import type { Asked } from './useVerdict.js';

interface CheckSectionProps {
  readonly run: RunDraft | null;
  readonly asked: Asked<RunVerdict>;
  readonly findings: readonly PlacedFinding[];
  readonly onShow: (finding: PlacedFinding) => void;
}

/** What the server says of the run as it stands, and its start. */
export function CheckSection({ run, asked, findings, onShow }: CheckSectionProps): ReactNode {
  const client = useClient();
  const navigate = useNavigate();
  const start = useMutation({
    mutationFn: (wanted: RunDraft) => {
      if (isWhole(wanted)) return client.runs.create(wanted);
      throw new Error('Choose a dataset first.');
    },
    onSuccess: ({ id }) => void navigate(`/runs/${id}`),
  });
  return (
    <section className="card new-run-section" aria-label="Check and start">
      <h2>Check and start</h2>
      <div aria-live="polite">
        <Said run={run} asked={asked} />
        {run !== null && <ProblemList problems={findings} onShow={onShow} />}
        {start.error && <ErrorState error={start.error} />}
      </div>
      <Button
        kind="primary"
        disabled={!isWhole(run) || (asked.isCurrent && asked.verdict?.ok === false)}
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

/** The verdict in a line. */
function Said({
  run,
  asked: { verdict, isCurrent, error },
}: Pick<CheckSectionProps, 'run' | 'asked'>): ReactNode {
  if (run === null) return <p>Model and settings have to be JSON first: mend what is marked.</p>;
  if (error) return <ErrorState error={error} />;
  if (!verdict || !isCurrent) return <p>Checking …</p>;
  const { ok, problems, memory } = verdict;
  if (!ok)
    return (
      <p className="field-error">
        ✕ {problems.length === 1 ? 'One thing has' : `${problems.length} things have`} to be changed:
      </p>
    );
  if (!isWhole(run)) return <p>So far nothing is wrong. Choose a dataset, and the rest is checked, too.</p>;
  return (
    <p className="new-run-good">
      ✓ This run can start.{memory && ` A step takes about ${formatBytes(memory.total)}.`}
    </p>
  );
}
