// Gradients of tensors against differences of the loss.

import type { Weight } from '../network/network.js';
import { differentiate, type Difference } from './differences.js';
import type { Arithmetic, MovedLoss } from './movedLoss.js';

export interface CheckedElement {
  readonly index: readonly number[];
  /** What backpropagation gives, in float32. */
  readonly analytic: number;
  /** What differences give. */
  readonly numeric: number;
  /**
   * |analytic − numeric| in relation to the largest of both and of two floors: 10⁻³ of the tensor's largest gradient and
   * 10⁻⁴ of the model's (10⁻¹ and 10⁻² where differences are float32).
   */
  readonly relativeError: number;
}

export interface CheckedTensor {
  /** `<layer>/<weight>`. */
  readonly tensor: string;
  readonly elements: number;
  readonly checked: number;
  /** Elements where the loss has a kink within the step, such as relu at 0: there is no gradient to compare with. */
  readonly kinks: number;
  /**
   * The layer, at the tensor or between it and the loss, whose gradient is on purpose no derivative (straight-through): nothing
   * is compared then. Null where there is none.
   */
  readonly straightThrough: string | null;
  /** The one of the largest error among those without a kink; null where there is none. */
  readonly worst: CheckedElement | null;
  readonly verdict: 'agrees' | 'differs' | 'kink' | 'skipped';
}

interface Limits {
  /** The largest relative error of a right gradient: rounding is far below, a wrong formula far above. */
  readonly tolerance: number;
  /** Of differences, for weights up to 1; of larger ones in proportion. There rounding and truncation are alike. */
  readonly step: number;
  /** Floors of what an error is related to, as shares: small gradients are what is left of large terms, and of their rounding. */
  readonly tensorShare: number;
  readonly modelShare: number;
}

export const LIMITS: Readonly<Record<Arithmetic, Limits>> = {
  float64: { tolerance: 1e-3, step: 2 ** -16, tensorShare: 1e-3, modelShare: 1e-4 },
  float32: { tolerance: 3e-2, step: 2 ** -5, tensorShare: 1e-1, modelShare: 1e-2 },
};

/** The largest of the sizes of numbers that are finite; 0 when there is none. */
function largest(values: Iterable<number>): number {
  let most = 0;
  for (const value of values) if (Number.isFinite(value)) most = Math.max(most, Math.abs(value));
  return most;
}

/** Index by axis of a place in a tensor, row by row. */
function indexOf(element: number, shape: readonly number[]): number[] {
  let rest = element;
  return shape
    .toReversed()
    .map((length) => {
      const at = rest % length;
      rest = (rest - at) / length;
      return at;
    })
    .toReversed();
}

/** An element, and how far its loss is from smooth. */
interface Measured extends CheckedElement {
  readonly isKink: boolean;
}

/** A tensor that nothing is compared of, for its gradient comes through a straight-through layer. */
export const skipped = ({ name, variable }: Weight, straightThrough: string): CheckedTensor => ({
  tensor: name,
  elements: variable.size,
  checked: 0,
  kinks: 0,
  straightThrough,
  worst: null,
  verdict: 'skipped',
});

/** Compares tensors one after the other. */
export class Comparison {
  readonly #limits: Limits;
  readonly #largest: number;

  constructor(
    private readonly loss: MovedLoss,
    private readonly unmoved: number,
    private readonly gradients: readonly Float32Array[],
  ) {
    this.#limits = LIMITS[loss.arithmetic];
    this.#largest = largest(gradients.map(largest));
  }

  /** The tensor at a place among the trained ones, whose first element is at `offset` among all of theirs. */
  async tensor(
    { name, variable }: Weight,
    at: number,
    offset: number,
    elements: readonly number[],
  ): Promise<CheckedTensor> {
    const gradient = this.gradients[at] ?? new Float32Array();
    const weights = variable.dataSync();
    const { tolerance, tensorShare, modelShare } = this.#limits;
    const floor = Math.max(tensorShare * largest(gradient), modelShare * this.#largest);
    const measured: Measured[] = [];
    for (const element of elements) {
      const { derivative, irregularity } = await this.#derivative(offset + element, weights[element] ?? 0);
      const analytic = gradient[element] ?? Number.NaN;
      const mismatch = Math.abs(analytic - derivative);
      const scale = Math.max(Math.abs(analytic), Math.abs(derivative), floor);
      const relativeError = mismatch === 0 ? 0 : mismatch / scale;
      const isKink = relativeError > tolerance && irregularity >= mismatch / 2;
      const index = indexOf(element, variable.shape);
      measured.push({ index, analytic, numeric: derivative, relativeError, isKink });
    }
    const smooth = measured.filter(({ isKink }) => !isKink);
    // An error that is no number is the worst there is.
    const errorOf = ({ relativeError }: CheckedElement): number =>
      Number.isNaN(relativeError) ? Infinity : relativeError;
    const [first = null, ...others] = smooth;
    const worst = others.reduce((most, one) => (most && errorOf(most) >= errorOf(one) ? most : one), first);
    return {
      tensor: name,
      elements: variable.size,
      checked: measured.length,
      kinks: measured.length - smooth.length,
      straightThrough: null,
      worst: worst && {
        index: worst.index,
        analytic: worst.analytic,
        numeric: worst.numeric,
        relativeError: worst.relativeError,
      },
      verdict: worst ? (errorOf(worst) <= tolerance ? 'agrees' : 'differs') : 'kink',
    };
  }

  async #derivative(element: number, weight: number): Promise<Difference> {
    // A power of two, so that half of it is exact in float32 as well.
    const h = this.#limits.step * 2 ** Math.max(0, Math.round(Math.log2(Math.abs(weight))));
    const [farBelow, nearBelow] = [await this.loss.at(element, -h), await this.loss.at(element, -h / 2)];
    const [nearAbove, farAbove] = [await this.loss.at(element, h / 2), await this.loss.at(element, h)];
    return differentiate([farBelow, nearBelow, this.unmoved, nearAbove, farAbove], h);
  }
}
