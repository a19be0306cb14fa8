import type { ReactNode } from 'react';
import type { Problem } from './messages.js';

/** Places at fault, with what to do about each. */
export function ProblemList({ problems }: { readonly problems: readonly Problem[] }): ReactNode {
  if (problems.length === 0) return null;
  return (
    <ul className="problem-list">
      {problems.map(({ pointer, message, hint }) => (
        <li key={`${pointer ?? ''} ${message}`}>
          {pointer !== null && pointer !== '' && <code>{pointer}</code>} {message}
          {hint !== null && <span className="hint"> {hint}</span>}
        </li>
      ))}
    </ul>
  );
}
