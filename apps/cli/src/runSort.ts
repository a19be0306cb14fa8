// In which order runs are listed: `createdAt`, or a metric by its lowest, highest or last values.

import { directionOf } from '@gradstream/sdk';
import { InvalidArgumentError } from 'commander';

/** Orders by something else than a metric, and how each goes unless said otherwise. */
const PLAIN = {
  createdAt: 'desc',
  name: 'asc',
  state: 'asc',
  duration: 'desc',
  step: 'desc',
} as const satisfies Readonly<Record<string, Order>>;
const STATISTICS = ['min', 'max', 'last'] as const;
const ORDERS = ['asc', 'desc'] as const;

type Order = 'asc' | 'desc';
type Statistic = (typeof STATISTICS)[number];

/** A metric that rows are sorted by. */
export interface ChosenMetric {
  readonly series: string;
  readonly statistic: Statistic;
}

export interface RunSort {
  /** As the API names it. */
  readonly sort: string;
  readonly order: Order;
  readonly metric: ChosenMetric | null;
}

export const PLAIN_SORTS: readonly string[] = Object.keys(PLAIN);

/** The last part of the name, where it is one of the words: `loss:min` → `loss`, `min`. */
function takeLast<Word extends string>(
  text: string,
  words: readonly Word[],
): readonly [rest: string, word: Word | undefined] {
  const at = text.lastIndexOf(':');
  const word = at < 0 ? undefined : words.find((one) => one === text.slice(at + 1));
  return word === undefined ? [text, undefined] : [text.slice(0, at), word];
}

/**
 * An order as an option has it: NAME[:min|max|last][:asc|desc]. Of a metric whose name says whether more is better, the best
 * value counts, and the best run comes first; of others the last value, and the highest comes first.
 */
export function parseSort(text: string): RunSort {
  const [rest, order] = takeLast(text, ORDERS);
  if (rest in PLAIN) {
    const sort = rest as keyof typeof PLAIN;
    return { sort, order: order ?? PLAIN[sort], metric: null };
  }
  const [series, given] = takeLast(rest, STATISTICS);
  if (series === '' || PLAIN_SORTS.includes(series))
    throw new InvalidArgumentError(
      `It is METRIC[:min|max|last][:asc|desc], or one of ${PLAIN_SORTS.join(', ')} with :asc or :desc.`,
    );
  const best = directionOf(series);
  const statistic = given ?? best ?? 'last';
  const bestFirst = (best ?? (statistic === 'min' ? 'min' : 'max')) === 'min' ? 'asc' : 'desc';
  return { sort: `${series}.${statistic}`, order: order ?? bestFirst, metric: { series, statistic } };
}
