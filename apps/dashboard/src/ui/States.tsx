// What is shown instead of content: nothing yet, not there yet, not to be had.

import type { ReactNode } from 'react';
import { Button } from './Button.js';
import { messageOf, problemsOf, technicalOf } from './messages.js';
import { ProblemList } from './ProblemList.js';
import './states.css';

/** Nothing is there; the children say what to do about it. */
export function EmptyState({
  title,
  children,
}: {
  readonly title: string;
  readonly children?: ReactNode;
}): ReactNode {
  return (
    <div className="state">
      <h2>{title}</h2>
      <div>{children}</div>
    </div>
  );
}

/** Something is being fetched. */
export function LoadingState({ what }: { readonly what: string }): ReactNode {
  return (
    <div className="state" role="status">
      <span className="spinner" aria-hidden="true" /> Loading {what} …
    </div>
  );
}

/** Something went wrong: what, where, and a way to try again. */
export function ErrorState({
  error,
  onRetry,
}: {
  readonly error: unknown;
  readonly onRetry?: () => void;
}): ReactNode {
  const technical = technicalOf(error);
  return (
    <div className="state state-error" role="alert">
      <h2>That did not work</h2>
      <p>{messageOf(error)}</p>
      <ProblemList problems={problemsOf(error)} />
      {technical !== null && (
        <details className="state-technical">
          <summary>For whoever mends it</summary>
          <pre tabIndex={0}>{technical}</pre>
        </details>
      )}
      {onRetry && <Button onClick={onRetry}>Try again</Button>}
    </div>
  );
}
