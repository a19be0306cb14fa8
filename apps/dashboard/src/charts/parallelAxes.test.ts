import { expect, test } from '@jest/globals';
import { inRanges, numberAxis, scaleColor, scaleColors, settingAxis, shareOf } from './parallelAxes.js';

test('numbers over more than two decades are logarithmic; names are categories; what is missing has no place', () => {
  expect(settingAxis('a', 'a', ['0.1', '0.001', null])).toMatchObject({
    ...{ kind: 'linear', values: [0.1, 0.001, null] },
  });
  expect(settingAxis('a', 'a', ['0.1', '0.0001']).kind).toBe('log');
  expect(settingAxis('a', 'a', ['0', '10000']).kind).toBe('linear');
  expect(settingAxis('a', 'a', ['"sgd"', '"adam"', null, '"sgd"'])).toMatchObject({
    ...{ kind: 'category', categories: ['adam', 'sgd'], values: [1, 0, null, 1] },
  });
  expect(settingAxis('a', 'a', ['[1,2]', 'true', '3']).categories).toEqual(['[1,2]', '3', 'true']);
  expect(numberAxis('a', 'a', [1, NaN, Infinity]).values).toEqual([1, null, null]);
});

test('runs in all ranges; one without a value is in none', () => {
  const axes = [numberAxis('rate', 'rate', [1, 2, 3, null]), numberAxis('loss', 'loss', [9, 8, 7, 6])];
  expect(inRanges(axes, [], 4)).toEqual([true, true, true, true]);
  expect(inRanges(axes, [{ id: 'rate', low: 2, high: 5 }], 4)).toEqual([false, true, true, false]);
  const both = [
    { id: 'rate', low: 2, high: 5 },
    { id: 'loss', low: 8, high: 8 },
  ];
  expect(inRanges(axes, both, 4)).toEqual([false, true, false, false]);
  expect(inRanges(axes, [{ id: 'gone', low: 0, high: 0 }], 2)).toEqual([true, true]);
});

test('shares follow the scale of the axis', () => {
  expect(shareOf(numberAxis('a', 'a', [1, 10, 10_000]), 1)).toBeCloseTo(0.25, 12);
  expect(shareOf(numberAxis('a', 'a', [1, 3, 5]), 1)).toBe(0.5);
  expect(shareOf(numberAxis('a', 'a', [7, 7]), 0)).toBe(0.5);
  expect(shareOf(numberAxis('a', 'a', [1, NaN]), 1)).toBeNull();
});

/** Relative luminance (WCAG 2.1). */
function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(color.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

test.each([
  ['#ffffff', false],
  ['#181e27', true],
])('on %s every colour of the scale is seen (3:1), and they rise in lightness', (surface, isDark) => {
  const shares = Array.from({ length: 21 }, (_, at) => at / 20);
  const lights = shares.map((share) => luminance(scaleColor(share, isDark)));
  const ground = luminance(surface);
  for (const light of lights)
    expect((Math.max(light, ground) + 0.05) / (Math.min(light, ground) + 0.05)).toBeGreaterThanOrEqual(3);
  expect(lights).toEqual(lights.toSorted((a, b) => a - b));
  expect(scaleColor(0, isDark)).toBe(scaleColors(isDark)[0]);
  expect(scaleColor(1, isDark)).toBe(scaleColors(isDark).at(-1));
});
