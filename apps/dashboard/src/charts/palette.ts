// Colours of lines that people with any kind of colour vision tell apart (after Okabe and Ito 2008, darker or lighter where the
// background asks for it: at least 3:1), and dashes for the lines beyond them.

const LIGHT = [
  '#0072b2',
  '#c2570c',
  '#00805e',
  '#a3478a',
  '#806600',
  '#1a84b8',
  '#5b4fb3',
  '#9b2226',
] as const;
const DARK = [
  '#56b4e9',
  '#e69f00',
  '#3ecf9b',
  '#e39ccb',
  '#f0e442',
  '#9fd3ff',
  '#b6aaff',
  '#ff8a75',
] as const;
const DASHES: readonly (readonly number[])[] = [[], [7, 4], [2, 3], [9, 3, 2, 3]];

/** The colour of the nth line. */
export const lineColor = (index: number, isDark: boolean): string => {
  const colors = isDark ? DARK : LIGHT;
  return colors[index % colors.length] ?? colors[0];
};

/** The dash of the nth line: 32 lines look different. */
export const lineDash = (index: number): number[] => [
  ...(DASHES[Math.floor(index / LIGHT.length) % DASHES.length] ?? []),
];

/** A colour with a share of opacity, from 0 to 1. */
export const faint = (color: string, opacity: number): string =>
  `${color}${Math.round(opacity * 255)
    .toString(16)
    .padStart(2, '0')}`;
