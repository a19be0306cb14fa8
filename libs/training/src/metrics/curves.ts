// Areas under ROC and precision-recall curves, of weighted samples.

/** Weights of positive and negative samples whose scores are not told apart; groups are in falling order of scores. */
export interface Groups {
  readonly positives: Float64Array;
  readonly negatives: Float64Array;
}

/**
 * Groups of equal scores. The sign of a weight is the label; 0 does not count. Null when a score is not a number.
 * Cost: n·log n, about half a second for a million samples.
 */
export function groupsOf(scores: Float32Array, weights: Float32Array): Groups | null {
  const sorted = Float32Array.from(scores).sort();
  if (Number.isNaN(sorted.at(-1) ?? 0)) return null;
  const distinct = sorted.filter((score, index) => index === 0 || score !== sorted[index - 1]);
  const count = distinct.length;
  const groups = { positives: new Float64Array(count), negatives: new Float64Array(count) };
  scores.forEach((score, index) => {
    let [low, high] = [0, count - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((distinct[middle] ?? 0) < score) low = middle + 1;
      else high = middle;
    }
    addTo(groups, count - 1 - low, weights[index] ?? 0);
  });
  return groups;
}

/** Adds a weight, whose sign is the label, to a group. */
export function addTo({ positives, negatives }: Groups, group: number, weight: number): void {
  if (weight > 0) positives[group] = (positives[group] ?? 0) + weight;
  else negatives[group] = (negatives[group] ?? 0) - weight;
}

export const totalOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);

/**
 * The weighted share of pairs of a positive and a negative sample that are ordered rightly, equal scores counting one
 * half: the area under the ROC curve. NaN where one of the two is missing.
 */
export function rocArea({ positives, negatives }: Groups): number {
  const all = totalOf(positives);
  let [above, area] = [0, 0];
  negatives.forEach((negative, group) => {
    const positive = positives[group] ?? 0;
    area += negative * (above + positive / 2);
    above += positive;
  });
  return area / (all * totalOf(negatives));
}

/**
 * The area under the precision-recall curve, between groups with true positives that are linear in what is predicted
 * positive (Davis and Goadrich 2006, section 4): what Keras computes, here with every distinct score as a threshold.
 * NaN without positives.
 */
export function prArea({ positives, negatives }: Groups): number {
  const all = totalOf(positives);
  let [hits, predicted, area] = [0, 0, 0];
  positives.forEach((positive, group) => {
    const added = positive + (negatives[group] ?? 0);
    if (added === 0) return;
    const slope = positive / added;
    const intercept = hits - slope * predicted;
    const ratio = predicted > 0 ? Math.log1p(added / predicted) : 0;
    area += slope * (positive + intercept * ratio);
    hits += positive;
    predicted += added;
  });
  return area / all;
}
