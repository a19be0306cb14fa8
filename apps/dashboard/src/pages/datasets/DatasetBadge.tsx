import type { DatasetState } from '@gradstream/sdk';
import type { ReactNode } from 'react';
import '../../ui/badge.css';

/** Signs and colours as those of runs: something goes on, is good, or is not. */
const LOOKS: Readonly<Record<DatasetState, readonly [string, string]>> = {
  uploading: ['…', 'queued'],
  checking: ['◔', 'preparing'],
  ready: ['✓', 'succeeded'],
  rejected: ['✕', 'failed'],
};

/** The state of a dataset. */
export function DatasetBadge({ state }: { readonly state: DatasetState }): ReactNode {
  const [sign, look] = LOOKS[state];
  return (
    <span className={`badge badge-${look}`}>
      <span aria-hidden="true">{sign}</span> {state}
    </span>
  );
}
