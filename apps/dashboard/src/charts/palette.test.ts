import { expect, test } from '@jest/globals';
import { faint, lineColor, lineDash } from './palette.js';

/** Relative luminance and contrast by their definitions in WCAG 2.1. */
const luminance = (hex: string): number => {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const channel = parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.03928 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (one: string, other: string): number => {
  const [low = 0, high = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
};

test.each([
  ['light', false, '#ffffff'],
  ['dark', true, '#181e27'],
] as const)('lines stand out on a %s chart by at least 3:1', (_name, isDark, background) => {
  for (let at = 0; at < 8; at++)
    expect(contrast(lineColor(at, isDark), background)).toBeGreaterThanOrEqual(3);
});

test('32 lines differ in colour or dash', () => {
  const looks = Array.from({ length: 32 }, (_, at) => `${lineColor(at, true)} ${lineDash(at).join(' ')}`);
  expect(new Set(looks).size).toBe(32);
  expect(faint('#0072b2', 0.5)).toBe('#0072b280');
});
