import { expect, test } from '@jest/globals';
import { formatBytes, formatDuration, formatNumber } from './format.js';

test.each([
  [0.034123, '0.03412'],
  [1.2345e-7, '1.23e-7'],
  [1234, '1,234'],
  [0, '0'],
  ['NaN', 'NaN'],
  ['-Infinity', '-∞'],
  [null, '–'],
] as const)('%p is shown as %p', (value, text) => {
  expect(formatNumber(value)).toBe(text);
});

test.each([
  [0.85, '850 ms'],
  [12.34, '12.3 s'],
  [252, '4 min 12 s'],
  [3600, '1 h'],
  [11_100, '3 h 5 min'],
  [90_000, '1 d 1 h'],
])('%d seconds are shown as %p', (seconds, text) => {
  expect(formatDuration(seconds)).toBe(text);
});

test.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [3_565_158, '3.4 MiB'],
])('%d bytes are shown as %p', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});
