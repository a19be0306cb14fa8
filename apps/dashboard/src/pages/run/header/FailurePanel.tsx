import type { RunFailure } from '@gradstream/sdk';
import type { ReactNode } from 'react';
import { ProblemList } from '../../../ui/ProblemList.js';
import { adviceFor } from './failureAdvice.js';

/** Why a run failed: what happened, what to do, where, and what its trainer wrote last. */
export function FailurePanel({ failure }: { readonly failure: RunFailure }): ReactNode {
  const { code, message, signal, logTail, errors } = failure;
  const advice = adviceFor(failure);
  const problems = errors.map(({ pointer, message: what, hint }) => ({
    ...{ pointer: pointer ?? null, message: what, hint: hint ?? null },
  }));
  return (
    <section className="run-failure" aria-label="Why it failed">
      <h2>
        <span aria-hidden="true">✕</span> It failed <code>{code}</code>
        {signal !== null && <span className="hint"> by the signal {signal}</span>}
      </h2>
      <p>{message}</p>
      {advice !== null && <p className="hint">{advice}</p>}
      <ProblemList problems={problems} />
      {logTail.length > 0 && (
        <details>
          <summary>The last {logTail.length} lines of its trainer</summary>
          <pre tabIndex={0} aria-label="Last lines of the trainer">
            {logTail.join('\n')}
          </pre>
        </details>
      )}
    </section>
  );
}
