import type { ReactNode } from 'react';
import { messageOf, problemsOf } from './messages.js';
import { ProblemList } from './ProblemList.js';

/** Why what was asked for was not done, said where it was asked for: a toast lies under an open dialog, and is not heard. */
export function Refusal({ error }: { readonly error: unknown }): ReactNode {
  if (error === null || error === undefined) return null;
  return (
    <div role="alert">
      <p className="field-error">{messageOf(error)}</p>
      <ProblemList problems={problemsOf(error)} />
    </div>
  );
}
