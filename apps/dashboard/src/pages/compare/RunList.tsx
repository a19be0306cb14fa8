import type { Run } from '@gradstream/sdk';
import type { ReactNode } from 'react';
import { Link } from 'react-router';
import { Swatch } from '../../charts/Swatch.js';
import { Button } from '../../ui/Button.js';
import { StateBadge } from '../../ui/StateBadge.js';

interface RunListProps {
  readonly runs: readonly Run[];
  /** The look of each run's line, by id. */
  readonly looks: ReadonlyMap<string, number>;
  readonly onRemove: (id: string) => void;
}

/** The runs that are compared, with the looks of their lines. */
export function RunList({ runs, looks, onRemove }: RunListProps): ReactNode {
  return (
    <ul className="compare-runs" aria-label="Compared runs">
      {runs.map(({ id, name, state }) => (
        <li key={id}>
          <Swatch look={looks.get(id) ?? 0} />
          <Link to={`/runs/${id}`} title={name}>
            {name}
          </Link>
          <StateBadge state={state} />
          <Button kind="quiet" aria-label={`Leave ${name} out`} onClick={() => onRemove(id)}>
            ✕
          </Button>
        </li>
      ))}
    </ul>
  );
}
