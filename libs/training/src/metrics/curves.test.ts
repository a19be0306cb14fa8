import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { groupsOf, prArea, rocArea } from './curves.js';
import { Moments } from './moments.js';
import { Scores } from './scores.js';
import { Sums } from './store.js';

interface Sample {
  readonly score: number;
  readonly weight: number;
}
/** Few distinct scores, so that many are equal; weights are signed by label. */
const sample = fc.record({
  score: fc.integer({ min: -5, max: 5 }).map((value) => Math.fround(value / 7)),
  weight: fc.constantFrom(1, 1, -1, -1, 0.5, -2, 0),
});
const withWeight = (weight: number) => sample.map(({ score }) => ({ score, weight }));
const samples = fc
  .tuple(withWeight(1), withWeight(-1), fc.array(sample, { maxLength: 40 }))
  .map(([positive, negative, rest]) => [positive, ...rest, negative]);
const groups = (all: readonly Sample[]) =>
  groupsOf(
    Float32Array.from(all, ({ score }) => score),
    Float32Array.from(all, ({ weight }) => weight),
  );
const positivesOf = (all: readonly Sample[]): Sample[] => all.filter(({ weight }) => weight > 0);
const negativesOf = (all: readonly Sample[]): Sample[] => all.filter(({ weight }) => weight < 0);
const weightOf = (all: readonly Sample[]): number =>
  all.reduce((sum, { weight }) => sum + Math.abs(weight), 0);

/** The share of pairs that are ordered rightly, by going through all of them. */
function pairwise(all: readonly Sample[]): number {
  let right = 0;
  for (const positive of positivesOf(all))
    for (const negative of negativesOf(all)) {
      const order = positive.score > negative.score ? 1 : positive.score === negative.score ? 0.5 : 0;
      right -= order * positive.weight * negative.weight;
    }
  return right / (weightOf(positivesOf(all)) * weightOf(negativesOf(all)));
}

/** ∫ precision d(recall) between thresholds, true and false positives growing linearly: by the midpoint rule. */
function integrated(all: readonly Sample[]): number {
  const steps = 2000;
  let [hits, misses, area] = [0, 0, 0];
  for (const score of [...new Set(all.map((one) => one.score))].sort((a, b) => b - a)) {
    const equal = all.filter((one) => one.score === score);
    const [more, less] = [weightOf(positivesOf(equal)), weightOf(negativesOf(equal))];
    for (let step = 0; step < steps && more > 0; step++) {
      const share = (step + 0.5) / steps;
      const [tp, fp] = [hits + share * more, misses + share * less];
      area += (tp / (tp + fp)) * (more / steps);
    }
    hits += more;
    misses += less;
  }
  return area / weightOf(positivesOf(all));
}

describe('areas under curves', () => {
  test('ROC: the pairwise definition, ties counting one half', () => {
    fc.assert(
      fc.property(samples, (all) => {
        const found = groups(all);
        expect(found && rocArea(found)).toBeCloseTo(pairwise(all), 10);
      }),
    );
  });

  test('precision-recall: the integral of the interpolated curve', () => {
    fc.assert(
      fc.property(samples, (all) => {
        const found = groups(all);
        expect(found && prArea(found)).toBeCloseTo(integrated(all), 5);
      }),
      { numRuns: 50 },
    );
  });

  test('undefined without both classes, and with scores that are no numbers', () => {
    const found = groups([{ score: 1, weight: 1 }]);
    expect(found && [rocArea(found), prArea(found)]).toEqual([Number.NaN, 1]);
    expect(groups([{ score: Number.NaN, weight: 1 }])).toBeNull();
  });
});

describe('scores', () => {
  const many = Array.from({ length: 500 }, (_, at) => ({
    score: Math.fround(Math.abs(Math.sin(at))),
    weight: Math.sin(at) ** 2 + 0.4 * Math.cos(7 * at) > 0.5 ? 1 : -1,
  }));
  const packed = (all: readonly Sample[]): Float32Array =>
    Float32Array.from([...all.map(({ score }) => score), ...all.map(({ weight }) => weight)]);

  /** The trapezoids between Keras's thresholds: −ε, 1/199 … 198/199, 1 + ε; positive above. */
  function atThresholds(all: readonly Sample[]): number {
    const share = (some: readonly Sample[], threshold: number): number =>
      weightOf(some.filter(({ score }) => score > threshold)) / weightOf(some);
    const thresholds = [-1e-7, ...Array.from({ length: 198 }, (_, i) => (i + 1) / 199), 1 + 1e-7];
    const points = thresholds.map((threshold) => [
      share(negativesOf(all), threshold),
      share(positivesOf(all), threshold),
    ]);
    return points.reduce((area, [x = 0, y = 0], index) => {
      const [nextX = 0, nextY = 0] = points[index + 1] ?? [];
      return area + (x - nextX) * ((y + nextY) / 2);
    }, 0);
  }
  const areaOf = (scores: Scores): number | null => {
    const found = scores.curves[0]?.groups() ?? null;
    return found && rocArea(found);
  };

  test.each([false, true])('beyond the bound they are counted at 200 thresholds; logits %s', (isLogit) => {
    const given = isLogit
      ? many.map((one) => ({ ...one, score: Math.log(one.score / (1 - one.score)) }))
      : many;
    const scores = new Scores({ curveCount: 1, maxSamples: 499, isLogit });
    scores.add(packed(given.slice(0, 499)));
    expect(scores.curves[0]?.isExact).toBe(true);
    expect(areaOf(scores)).toBeCloseTo(pairwise(many.slice(0, 499)), 10);
    scores.add(packed(given.slice(499)));
    expect(scores.curves[0]?.isExact).toBe(false);
    expect(areaOf(scores)).toBeCloseTo(atThresholds(many), 10);
    expect(atThresholds(many)).not.toBeCloseTo(pairwise(many), 8);
    scores.reset();
    expect(scores.curves[0]?.isExact).toBe(true);
  });

  test.each([1000, 100])('a state that went through JSON goes on as it was, bound %d', (maxSamples) => {
    const whole = new Scores({ curveCount: 2, maxSamples, isLogit: false });
    const resumed = new Scores({ curveCount: 2, maxSamples, isLogit: false });
    whole.add(packed(many.slice(0, 240)));
    resumed.restore(JSON.parse(JSON.stringify(whole.state())));
    for (const scores of [whole, resumed]) scores.add(packed(many.slice(240)));
    expect(resumed.state()).toEqual(whole.state());
    expect(areaOf(resumed)).toBe(areaOf(whole));
  });

  test('a NaN makes the curve undefined', () => {
    const scores = new Scores({ curveCount: 1, maxSamples: 2, isLogit: false });
    scores.add(packed([{ score: Number.NaN, weight: 1 }, ...many.slice(0, 5)]));
    expect(scores.curves[0]?.groups()).toBeNull();
  });
});

describe('sums', () => {
  test('moments of parts are those of the whole, with a mean that is large', () => {
    const targets = Array.from({ length: 90 }, (_, at) => 30_000 + Math.sin(at));
    const moments = new Moments(1);
    for (let from = 0; from < targets.length; from += 9) {
      const part = targets.slice(from, from + 9);
      const mean = part.reduce((sum, value) => sum + value, 0) / part.length;
      const squares = part.reduce((sum, value) => sum + (value - mean) ** 2, 0);
      moments.add(Float32Array.of(part.length, mean, squares, part.length / 10));
    }
    moments.add(Float32Array.of(0, 0, 0, 0));
    const mean = targets.reduce((sum, value) => sum + value, 0) / targets.length;
    const squares = targets.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    expect((moments.parts()[0]?.squares ?? 0) / squares).toBeCloseTo(1, 3);
    expect(moments.parts()[0]?.errors).toBeCloseTo(9, 5);
    const resumed = new Moments(1);
    resumed.restore(JSON.parse(JSON.stringify(moments.state())));
    expect(resumed.parts()).toEqual(moments.parts());
  });

  test('a state of something else is refused', () => {
    const state = JSON.parse(JSON.stringify(new Sums(2).state())) as unknown;
    expect(() => {
      new Sums(3).restore(state);
    }).toThrow(/other metrics or outputs/);
    expect(() => {
      new Scores({ curveCount: 2, maxSamples: 9, isLogit: false }).restore([{}, {}]);
    }).toThrow(/curve/);
  });

  test('sums that are not finite survive JSON', () => {
    const sums = new Sums(2);
    sums.add(Float32Array.of(Number.NaN, Number.NEGATIVE_INFINITY));
    const resumed = new Sums(2);
    resumed.restore(JSON.parse(JSON.stringify(sums.state())));
    expect([...resumed.values]).toEqual([Number.NaN, Number.NEGATIVE_INFINITY]);
  });
});
