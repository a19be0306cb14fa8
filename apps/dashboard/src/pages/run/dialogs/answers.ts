// What a network says of a row, as cells of a table.

import { fromWireNumber, type OutputAnswer, type Predictions } from '@gradstream/sdk';
import { formatNumber } from '../../../ui/format.js';

type Answer = OutputAnswer['data'][number];

/** How many classes are shown besides each other, the likeliest first. */
const MOST_CLASSES = 3;

/** The outputs of an answer: of several, each by its name; else the only one, without. */
export const outputsOf = (answer: Predictions): readonly OutputAnswer[] =>
  answer.outputs.length > 0 ? answer.outputs : [{ ...answer, name: '' }];

/** The likeliest classes with what the network gives them: "3 0.91 · 8 0.05". */
export function likeliest({ values }: Answer, classes: readonly string[]): string {
  // One unit stands for the second of two classes.
  const all = values.length === 1 && classes.length === 2 ? classes.slice(1) : classes;
  return values
    .map((value, at) => ({ name: all[at] ?? String(at), value, size: fromWireNumber(value) }))
    .sort((a, b) => (Number.isNaN(a.size) ? 1 : Number.isNaN(b.size) ? -1 : b.size - a.size))
    .slice(0, MOST_CLASSES)
    .map(({ name, value }) => `${name} ${formatNumber(value, 3)}`)
    .join(' · ');
}

/** The predicted numbers, up to eight. */
export function numbers({ values }: Answer): string {
  const shown = values.slice(0, 8).map((value) => formatNumber(value));
  return values.length > 8 ? `${shown.join(', ')} … (${values.length})` : shown.join(', ');
}
