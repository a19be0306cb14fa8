import type { ReactNode } from 'react';
import './facts.css';

interface FactsProps {
  /** Names with what they are; those that are null are left out. */
  readonly facts: readonly (readonly [string, ReactNode] | null)[];
}

/** A few facts about one thing, in a line where there is room. */
export function Facts({ facts }: FactsProps): ReactNode {
  return (
    <dl className="facts">
      {facts
        .filter((fact) => fact !== null)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
