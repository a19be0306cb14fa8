import type { ReactNode } from 'react';
import type { Problem } from './messages.js';

interface ProblemListProps<Item extends Problem> {
  readonly problems: readonly Item[];
  /** Goes to the place at fault; without it, places are words. */
  readonly onShow?: (problem: Item) => void;
}

/** Places at fault, with what to do about each. */
export function ProblemList<Item extends Problem>({ problems, onShow }: ProblemListProps<Item>): ReactNode {
  if (problems.length === 0) return null;
  return (
    <ul className="problem-list">
      {problems.map((problem) => {
        const { pointer, place = '', message, hint } = problem;
        const where = pointer !== null && pointer !== '' && <code>{pointer}</code>;
        return (
          <li key={`${pointer ?? ''} ${place} ${message}`}>
            {place !== '' && <strong>{place}: </strong>}
            {where && onShow ? (
              <button type="button" className="link" title="Go to this place" onClick={() => onShow(problem)}>
                {where}
              </button>
            ) : (
              where
            )}{' '}
            {message}
            {hint !== null && <span className="hint"> {hint}</span>}
          </li>
        );
      })}
    </ul>
  );
}
