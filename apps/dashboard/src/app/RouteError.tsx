import type { ReactNode } from 'react';
import { useRouteError } from 'react-router';
import { ErrorState } from '../ui/States.js';

/** What is shown where a page failed to load or to draw. */
export function RouteError(): ReactNode {
  const error = useRouteError();
  return (
    <main className="page" id="main">
      <ErrorState error={error} onRetry={() => window.location.reload()} />
    </main>
  );
}
