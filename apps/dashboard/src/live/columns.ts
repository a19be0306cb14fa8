// A sampled series, as the server tells it, in the columns that charts are drawn from.

import { fromWireNumber, type MetricSamples } from '@gradstream/sdk';
import type { PointColumns } from '../charts/points.js';

type SampledSeries = Pick<MetricSamples['series'][number], 'steps' | 'values' | 'parts'>;

/** Points with what they stand for: the first one of each part has its mean, the others of it count for nothing. */
export function toColumns({ steps, values, parts }: SampledSeries): PointColumns {
  const numbers = values.map(fromWireNumber);
  if (parts === null) return { steps, values: numbers };
  const means = numbers.map(() => NaN);
  const counts = numbers.map(() => 0);
  let at = 0;
  parts.lastSteps.forEach((last, part) => {
    const first = at;
    while (at < steps.length && (steps[at] ?? 0) <= last) at++;
    if (first === at) return;
    means[first] = fromWireNumber(parts.means[part] ?? 'NaN');
    counts[first] = Math.max(1, parts.counts[part] ?? 0);
  });
  return { steps, values: numbers, means, counts };
}
