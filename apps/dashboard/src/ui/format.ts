// Numbers, times and sizes as people read them.

import type { WireNumber } from '@gradstream/sdk';

/** A value in about `digits` significant digits: 0.03412, 1.2e-7, NaN. */
export function formatNumber(value: WireNumber | null | undefined, digits = 4): string {
  if (value === null || value === undefined) return '–';
  if (typeof value === 'string') return value.replace('Infinity', '∞');
  if (!Number.isFinite(value)) return String(value).replace('Infinity', '∞');
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e7) return value.toLocaleString('en-US');
  if (size < 1e-4 || size >= 1e7) return value.toExponential(digits - 2);
  return String(Number(value.toPrecision(digits)));
}

const UNITS = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
] as const;

/** A duration of seconds: "850 ms", "12.3 s", "4 min 12 s", "3 h 5 min". */
export function formatDuration(seconds: number): string {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const at = UNITS.findIndex(([size]) => seconds >= size);
  const [size, unit] = UNITS[at] ?? [1, 's'];
  const [nextSize, nextUnit] = UNITS[at + 1] ?? [1, 's'];
  const rest = Math.floor((seconds % size) / nextSize);
  return `${Math.floor(seconds / size)} ${unit}${rest === 0 ? '' : ` ${rest} ${nextUnit}`}`;
}

/** Bytes in units of 1024: "3.4 MiB". */
export function formatBytes(bytes: number): string {
  const exponent = Math.min(4, Math.floor(Math.log2(Math.max(1, bytes)) / 10));
  const unit = ['B', 'KiB', 'MiB', 'GiB', 'TiB'][exponent] ?? 'B';
  return `${exponent === 0 ? bytes : (bytes / 1024 ** exponent).toFixed(1)} ${unit}`;
}

/** A moment as "28 Nov, 14:03:09", in the reader's time zone. */
export const formatTime = (timestamp: string): string =>
  new Date(timestamp).toLocaleString('en-GB', {
    ...{ day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', second: '2-digit' },
  });
