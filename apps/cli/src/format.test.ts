import { expect, test } from '@jest/globals';
import { formatBytes, formatDuration, formatNumber, formatTime } from './format.js';

test.each([
  [0.034123456, '0.034123'],
  [-1 / 3, '-0.33333'],
  [0.5, '0.5'],
  [123456.789, '123460'],
  [1.23456e-7, '1.2346e-7'],
  [1e-5, '1e-5'],
  [6.02214076e23, '6.0221e+23'],
  [0, '0'],
  [150, '150'],
  [123456789, '123456789'],
  ['NaN', 'NaN'],
  ['-Infinity', '-Infinity'],
  [null, ''],
  [undefined, ''],
] as const)('the number %p reads %p', (value, text) => {
  expect(formatNumber(value)).toBe(text);
});

test('durations read as a person says them', () => {
  expect([0, 59.4, 60, 125, 3599.7, 11_100, 90_000, Number.NaN].map(formatDuration)).toEqual([
    ...['0 s', '59 s', '1 min 0 s', '2 min 5 s', '1 h 0 min', '3 h 5 min', '1 d 1 h', '?'],
  ]);
});

test('sizes read as a person says them', () => {
  expect([0, 1, 1023, 1024, 1536, 5 * 2 ** 20, 2 ** 34, 2 ** 50].map(formatBytes)).toEqual([
    ...['0 bytes', '1 byte', '1023 bytes', '1.0 KiB', '1.5 KiB', '5.0 MiB', '16.0 GiB', '1048576.0 GiB'],
  ]);
});

test('moments are of the time zone of the reader', () => {
  expect(formatTime(new Date(2026, 0, 8, 4, 3, 59).toISOString())).toBe('2026-01-08 04:03');
});
