// Which runs are selected. Lists of ids, in the order in which they were selected.

import { MAX_SELECTED } from './runsView.js';

/** One more, or one less. */
export const toggled = (selected: readonly string[], id: string): readonly string[] =>
  selected.includes(id)
    ? selected.filter((other) => other !== id)
    : [...selected, id].slice(0, Math.max(MAX_SELECTED, selected.length));

/** All from one to the other, in the order of the list, besides those that were selected already. */
export function withRange(
  selected: readonly string[],
  ids: readonly string[],
  from: string,
  to: string,
): readonly string[] {
  const ends = [ids.indexOf(from), ids.indexOf(to)].sort((a, b) => a - b);
  const [first = -1, last = -1] = ends;
  if (first === -1) return toggled(selected, to);
  return [...new Set([...selected, ...ids.slice(first, last + 1)])].slice(0, MAX_SELECTED);
}
