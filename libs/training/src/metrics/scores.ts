// Scores and labels of an epoch, for curves: all of them up to a bound of memory, counts at thresholds beyond it.

import { addTo, groupsOf, type Groups } from './curves.js';
import { foreignState, numbersFromJson, numbersToJson, type Store } from './store.js';

/** As many as Keras has. */
export const THRESHOLDS = 200;

/**
 * How many of Keras's thresholds lie below a score from 0 to 1: −ε, 1/199, 2/199, … 198/199, 1 + ε. A score counts as
 * positive where it is greater.
 */
function thresholdsBelow(score: number): number {
  const guess = Math.ceil(score * (THRESHOLDS - 1));
  return Math.min(THRESHOLDS - 1, Math.max(score >= 0 ? 1 : 0, guess));
}

/** Scores of one curve with the weights of their samples, whose sign is the label. */
export class Curve {
  #scores = new Float32Array(0);
  #weights = new Float32Array(0);
  #used = 0;
  #counts: Groups | null = null;
  #isBroken = false;

  /** With `isLogit`, thresholds are of the sigmoid of scores. */
  constructor(
    private readonly maxSamples: number,
    private readonly isLogit: boolean,
  ) {}

  get isExact(): boolean {
    return this.#counts === null;
  }

  /** Adds every `stride`-th score from `first` on; the weights are as many numbers that follow on the scores. */
  add(values: Float32Array, first: number, stride: number): void {
    const count = values.length / 2;
    for (let index = first; index < count; index += stride) {
      const weight = values[count + index] ?? 0;
      if (weight === 0) continue;
      const score = values[index] ?? 0;
      if (Number.isNaN(score) || Number.isNaN(weight)) this.#isBroken = true;
      if (this.#counts === null && this.#used === this.maxSamples) this.#giveUp();
      if (this.#counts === null) this.#keep(score, weight);
      else this.#count(this.#counts, score, weight);
    }
  }

  reset(): void {
    [this.#scores, this.#weights, this.#used] = [new Float32Array(0), new Float32Array(0), 0];
    [this.#counts, this.#isBroken] = [null, false];
  }

  /** Groups of equal scores, or of those between the same thresholds; null when there was a NaN. */
  groups(): Groups | null {
    if (this.#isBroken) return null;
    if (this.#counts) return this.#counts;
    return groupsOf(this.#scores.subarray(0, this.#used), this.#weights.subarray(0, this.#used));
  }

  state(): unknown {
    const counts = this.#counts && [
      ...numbersToJson(this.#counts.positives),
      ...numbersToJson(this.#counts.negatives),
    ];
    const kept = [this.#scores, this.#weights].map((values) => toBase64(values.subarray(0, this.#used)));
    return { kept, counts, isBroken: this.#isBroken };
  }

  restore(state: unknown): void {
    const { kept, counts, isBroken } = state as Partial<Record<string, unknown>>;
    const [scores, weights] = Array.isArray(kept) ? kept.map(fromBase64) : [];
    if (!scores || !weights || scores.length !== weights.length || scores.length > this.maxSamples)
      throw foreignState('the scores and weights of a curve');
    [this.#scores, this.#weights, this.#used] = [scores, weights, scores.length];
    this.#isBroken = isBroken === true;
    const numbers = counts === null ? null : numbersFromJson(counts, 2 * THRESHOLDS);
    this.#counts = numbers && {
      positives: numbers.slice(0, THRESHOLDS),
      negatives: numbers.slice(THRESHOLDS),
    };
  }

  /** From all scores to counts between thresholds. */
  #giveUp(): void {
    const counts = { positives: new Float64Array(THRESHOLDS), negatives: new Float64Array(THRESHOLDS) };
    for (let index = 0; index < this.#used; index++)
      this.#count(counts, this.#scores[index] ?? 0, this.#weights[index] ?? 0);
    [this.#scores, this.#weights, this.#used] = [new Float32Array(0), new Float32Array(0), 0];
    this.#counts = counts;
  }

  #count(counts: Groups, score: number, weight: number): void {
    const probability = this.isLogit ? 1 / (1 + Math.exp(-score)) : score;
    addTo(counts, THRESHOLDS - 1 - thresholdsBelow(probability), weight);
  }

  #keep(score: number, weight: number): void {
    if (this.#used === this.#scores.length) this.#grow();
    this.#scores[this.#used] = score;
    this.#weights[this.#used] = weight;
    this.#used++;
  }

  #grow(): void {
    const length = Math.min(this.maxSamples, Math.max(1024, 2 * this.#used));
    const [scores, weights] = [new Float32Array(length), new Float32Array(length)];
    scores.set(this.#scores);
    weights.set(this.#weights);
    [this.#scores, this.#weights] = [scores, weights];
  }
}

const toBase64 = ({ buffer, byteOffset, byteLength }: Float32Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('base64');

function fromBase64(text: unknown): Float32Array<ArrayBuffer> {
  if (typeof text !== 'string') throw foreignState('the scores and weights of a curve');
  return new Float32Array(Uint8Array.from(Buffer.from(text, 'base64')).buffer);
}

/** From a step: the scores of all samples by class, then their weights in the same order. */
export class Scores implements Store {
  readonly curves: readonly Curve[];

  /** `curveCount` is the number of classes, or 1 for all classes together; each curve has its part of the bound. */
  constructor({
    curveCount,
    maxSamples,
    isLogit,
  }: {
    curveCount: number;
    maxSamples: number;
    isLogit: boolean;
  }) {
    const bound = Math.max(1, Math.floor(maxSamples / curveCount));
    this.curves = Array.from({ length: curveCount }, () => new Curve(bound, isLogit));
  }

  add(values: Float32Array): void {
    this.curves.forEach((curve, index) => {
      curve.add(values, index, this.curves.length);
    });
  }

  reset(): void {
    for (const curve of this.curves) curve.reset();
  }

  state(): unknown {
    return this.curves.map((curve) => curve.state());
  }

  restore(state: unknown): void {
    if (!Array.isArray(state) || state.length !== this.curves.length)
      throw foreignState(`a list of ${this.curves.length} curves`);
    this.curves.forEach((curve, index) => {
      curve.restore(state[index]);
    });
  }
}
