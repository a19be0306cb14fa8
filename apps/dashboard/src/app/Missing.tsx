import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { EmptyState } from '../ui/States.js';
import { usePageTitle } from './usePageTitle.js';

/** A path without a page. */
export function Missing(): ReactNode {
  usePageTitle('Not found');
  return (
    <EmptyState title="There is nothing at this address">
      The link may be old or mistyped. <Link to="/runs">All runs</Link> are one click away.
    </EmptyState>
  );
}
