// Axes of parallel coordinates: what each run has on them, how they are scaled, and which runs lie in the ranges that somebody
// has chosen.

export type AxisKind = 'linear' | 'log' | 'category';

/** An axis with a place for each run. */
export interface ParallelAxis {
  readonly id: string;
  readonly title: string;
  readonly kind: AxisKind;
  /** By run: its number, or which of the categories it has; null where it has none. */
  readonly values: readonly (number | null)[];
  /** Names of an axis of categories, from bottom to top; [] of an axis of numbers. */
  readonly categories: readonly string[];
}

/** Numbers that reach over more than two decades are told apart on a logarithmic axis alone. */
const LOG_RATIO = 100;

/** An axis of numbers; what is not finite has no place on it. */
export function numberAxis(id: string, title: string, told: readonly (number | null)[]): ParallelAxis {
  const values = told.map((value) => (value !== null && Number.isFinite(value) ? value : null));
  const known = values.filter((value) => value !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const kind = low > 0 && high / low > LOG_RATIO ? 'log' : 'linear';
  return { id, title, kind, values, categories: [] };
}

/** An axis of what was written as JSON, null where nothing was: of numbers where all are, else of categories by name. */
export function settingAxis(id: string, title: string, told: readonly (string | null)[]): ParallelAxis {
  const parsed = told.map((text) => (text === null ? null : (JSON.parse(text) as unknown)));
  if (parsed.every((value) => value === null || typeof value === 'number'))
    return numberAxis(id, title, parsed);
  const names = parsed.map((value, at) =>
    told[at] === null ? null : typeof value === 'string' ? value : String(told[at]),
  );
  const known = new Set(names.filter((name) => name !== null));
  const categories = [...known].sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  const values = names.map((name) => (name === null ? null : categories.indexOf(name)));
  return { id, title, kind: 'category', values, categories };
}

/** A range of an axis: of numbers, or from one category to another; both ends belong to it. An infinite one is open. */
export interface AxisRange {
  readonly id: string;
  readonly low: number;
  readonly high: number;
}

/** By run, whether it lies in all ranges. One without a place on an axis lies in none of its ranges. */
export function inRanges(
  axes: readonly ParallelAxis[],
  ranges: readonly AxisRange[],
  runs: number,
): boolean[] {
  const asked = ranges.flatMap(({ id, low, high }) => {
    const axis = axes.find((each) => each.id === id);
    return axis ? [{ values: axis.values, low, high }] : [];
  });
  return Array.from({ length: runs }, (_, run) =>
    asked.every(({ values, low, high }) => {
      const value = values[run];
      return value != null && value >= low && value <= high;
    }),
  );
}

/** A range as far as the axis reaches; of an axis without values there is none. */
export function clamped({ values }: ParallelAxis, { low, high }: AxisRange): [number, number] | null {
  const known = values.filter((value) => value !== null);
  if (known.length === 0) return null;
  return [Math.max(low, Math.min(...known)), Math.min(high, Math.max(...known))];
}

/** Where a run lies between the lowest and the highest of an axis, from 0 to 1; null where it has no place. */
export function shareOf({ kind, values }: ParallelAxis, run: number): number | null {
  const value = values[run];
  if (value == null) return null;
  const scaled = (number: number): number => (kind === 'log' ? Math.log(number) : number);
  const known = values.filter((each) => each !== null).map(scaled);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  return high === low ? 0.5 : (scaled(value) - low) / (high - low);
}

// Parts of viridis (van der Walt and Smith 2015) that differ from the background by 3:1: even steps of lightness, which any kind
// of colour vision tells apart.
const LIGHT: Scale = ['#440154', '#414487', '#2a788e', '#1f9e89'];
const DARK: Scale = ['#2f7f95', '#22a884', '#7ad151', '#fde725'];
type Scale = readonly [string, ...string[]];

/** The colours of a scale, from its low end to its high one. */
export const scaleColors = (isDark: boolean): readonly string[] => (isDark ? DARK : LIGHT);

/** The colour of a share from 0 to 1. */
export function scaleColor(share: number, isDark: boolean): string {
  const scale = isDark ? DARK : LIGHT;
  const at = Math.min(1, Math.max(0, share)) * (scale.length - 1);
  const [from, to] = [scale[Math.floor(at)] ?? scale[0], scale[Math.ceil(at)] ?? scale[0]];
  const mixed = [1, 3, 5].map((digit) => {
    const [a, b] = [from, to].map((color) => Number.parseInt(color.slice(digit, digit + 2), 16));
    return Math.round((a ?? 0) + ((b ?? 0) - (a ?? 0)) * (at % 1))
      .toString(16)
      .padStart(2, '0');
  });
  return `#${mixed.join('')}`;
}
