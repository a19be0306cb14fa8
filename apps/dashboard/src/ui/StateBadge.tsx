import type { RunState } from '@gradstream/sdk';
import type { ReactNode } from 'react';
import './badge.css';

/** A sign beside the word, so that colour is not all that tells states apart. */
const SIGNS: Readonly<Record<RunState, string>> = {
  queued: '…',
  preparing: '◔',
  running: '▶',
  paused: '❚❚',
  succeeded: '✓',
  failed: '✕',
  cancelled: '■',
};

/** The state of a run. */
export function StateBadge({ state }: { readonly state: RunState }): ReactNode {
  return (
    <span className={`badge badge-${state}`}>
      <span aria-hidden="true">{SIGNS[state]}</span> {state}
    </span>
  );
}
