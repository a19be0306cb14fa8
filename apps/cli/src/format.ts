// Numbers, sizes, durations and moments as people read them; `--json` has all of their digits.

import type { WireNumber } from '@gradstream/sdk';

/** Significant digits of a number that is not whole. */
const DIGITS = 5;
/** Whole numbers up to here are shown whole. */
const LARGE = 1e9;
const SMALL = 1e-4;

/** A number in five significant digits, a whole one whole: 0.034123, 1.2346e-7, 1234, NaN. Nothing for none. */
export function formatNumber(value: WireNumber | null | undefined): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string' || !Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < LARGE) return String(value);
  if (size >= SMALL && size < LARGE) return String(Number(value.toPrecision(DIGITS)));
  const [mantissa, exponent = ''] = value.toExponential(DIGITS - 1).split('e');
  return `${Number(mantissa)}e${exponent}`;
}

const UNITS = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
] as const;

/** Seconds as a person says them: 12 s, 4 min 5 s, 3 h 5 min, 2 d 1 h. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '?';
  const whole = Math.max(0, Math.round(seconds));
  const at = UNITS.findIndex(([size]) => whole >= size);
  const [size, unit] = UNITS[at] ?? [1, 's'];
  if (size === 1) return `${whole} s`;
  const [nextSize, nextUnit] = UNITS[at + 1] ?? [1, 's'];
  return `${Math.floor(whole / size)} ${unit} ${Math.floor((whole % size) / nextSize)} ${nextUnit}`;
}

const SIZES = ['bytes', 'KiB', 'MiB', 'GiB'] as const;

/** A size as a person says it. */
export function formatBytes(bytes: number): string {
  if (bytes === 1) return '1 byte';
  const power = bytes < 1024 ? 0 : Math.min(3, Math.floor(Math.log2(bytes) / 10));
  return `${power === 0 ? bytes : (bytes / 1024 ** power).toFixed(1)} ${SIZES[power] ?? 'bytes'}`;
}

const two = (value: number): string => String(value).padStart(2, '0');

/** A moment in the reader's time zone: 2026-11-28 14:03. */
export function formatTime(timestamp: string): string {
  const time = new Date(timestamp);
  const day = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${day} ${two(time.getHours())}:${two(time.getMinutes())}`;
}
