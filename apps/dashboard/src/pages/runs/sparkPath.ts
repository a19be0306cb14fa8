// The line of a sparkline, for the path of an SVG.

import type { WireNumber } from '@gradstream/sdk';

interface Points {
  readonly steps: readonly number[];
  readonly values: readonly WireNumber[];
}

const fixed = (value: number): string => value.toFixed(1);

/**
 * The `d` of a path in a box of so many units. Steps go to the right, more is higher; values that are no numbers leave a
 * gap. Empty where there is nothing to draw.
 */
export function sparkPath({ steps, values }: Points, width: number, height: number): string {
  const numbers = values.map(Number);
  const finite = numbers.filter(Number.isFinite);
  const least = Math.min(...finite);
  const range = Math.max(...finite) - least;
  const first = steps[0] ?? 0;
  const span = (steps.at(-1) ?? 0) - first;
  let isDrawing = false;
  let path = '';
  for (const [index, value] of numbers.entries()) {
    if (!Number.isFinite(value)) {
      isDrawing = false;
      continue;
    }
    const x = span === 0 ? width : (((steps[index] ?? first) - first) / span) * width;
    const y = range === 0 ? height / 2 : height - ((value - least) / range) * height;
    path += `${isDrawing ? 'L' : 'M'}${fixed(x)} ${fixed(y)}`;
    isDrawing = true;
  }
  return path;
}
