// How statistics lie in the packed tensor, and how they are read on the host.

/** `norms` costs a few operations a tensor, for every step; `full` reads each gradient several times, for every k-th. */
export type StatisticsLevel = 'norms' | 'full';

/** Bins of the histogram. */
export const BINS = 64;
/** Exponent of the lower bound of bin 1. */
export const LOWEST_EXPONENT = -46;

/** Statistics of the gradients of a group, such as a layer; null where there is none. */
export interface GroupNorms {
  readonly name: string;
  /** Euclidean norm of all elements together; at level `norms` not finite when an element is not. */
  readonly norm: number;
  /** Norm of the updates over the norm of the weights; null without updates, or where the weights are all zero. */
  readonly updateRatio: number | null;
}

/** All but the counts is of the finite elements alone. Counts are exact up to 2^24. */
export interface GroupStatistics extends GroupNorms {
  readonly elements: number;
  readonly mean: number | null;
  /** Of the population: divided by the number of elements. */
  readonly std: number | null;
  readonly min: number | null;
  readonly max: number | null;
  readonly zeros: number;
  /** Share of zeros among all elements; 0 when there are none. */
  readonly zeroFraction: number;
  /** NaN and infinite elements. */
  readonly nonFinite: number;
  /**
   * Finite elements other than zero by magnitude, whatever their sign. Bin 0: |g| < 2^-46; bin i of 1 to 62:
   * 2^(i-47) ≤ |g| < 2^(i-46); bin 63: |g| ≥ 2^16. The bounds are exact.
   */
  readonly histogram: readonly number[];
}

/** Places in a group's record. */
const NORMS_FIELDS = ['norm', 'updateRatio'] as const;
const FULL_FIELDS = [...NORMS_FIELDS, 'elements', 'mean', 'std', 'min', 'max'] as const;
/** What is counted after the fields: the bins, zeros, elements that are not finite. */
const COUNTS = BINS + 2;

/** Numbers that a group has in the packed tensor. */
const recordLength = (level: StatisticsLevel): number =>
  level === 'norms' ? NORMS_FIELDS.length : FULL_FIELDS.length + COUNTS;

const finiteOrNull = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** Reads packed statistics; `names` are those of the groups, in their order. Throws RangeError for another length. */
export function unpackStatistics(
  values: ArrayLike<number>,
  names: readonly string[],
  level: 'norms',
): GroupNorms[];
export function unpackStatistics(
  values: ArrayLike<number>,
  names: readonly string[],
  level: 'full',
): GroupStatistics[];
export function unpackStatistics(
  values: ArrayLike<number>,
  names: readonly string[],
  level: StatisticsLevel,
): GroupNorms[] {
  const length = recordLength(level);
  if (values.length !== length * names.length) {
    throw new RangeError(
      `${values.length} numbers are no statistics of ${names.length} groups, which take ${length} each`,
    );
  }
  return names.map((name, index) => {
    const record = Array.from({ length }, (_, at) => values[index * length + at] ?? Number.NaN);
    const [norm = Number.NaN, updateRatio = Number.NaN] = record;
    const norms = { name, norm, updateRatio: finiteOrNull(updateRatio) };
    return level === 'norms' ? norms : { ...norms, ...rest(record) };
  });
}

function rest(record: readonly number[]): Omit<GroupStatistics, keyof GroupNorms> {
  const [elements = 0, mean = 0, std = 0, min = 0, max = 0] = record.slice(NORMS_FIELDS.length);
  const counts = record.slice(FULL_FIELDS.length);
  const [zeros = 0, nonFinite = 0] = counts.slice(BINS);
  return {
    elements,
    mean: finiteOrNull(mean),
    std: finiteOrNull(std),
    min: finiteOrNull(min),
    max: finiteOrNull(max),
    zeros,
    zeroFraction: elements === 0 ? 0 : zeros / elements,
    nonFinite,
    histogram: counts.slice(0, BINS),
  };
}
