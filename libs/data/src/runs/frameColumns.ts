// Frames as columns for one statement: a parameter a column costs pg, Kysely and Postgres a tenth of one a cell. Arrays are
// texts as Postgres reads them (manual, 8.15.6).

import type { NewFrame } from '@gradstream/contracts';
import { toJsonText } from '../json.js';

/** Frames in order. All but the last two are texts of arrays. */
export interface FrameColumns {
  readonly kinds: string;
  readonly steps: string;
  readonly epochs: string;
  readonly times: string;
  /** Which of the layouts a frame has, from 1. */
  readonly layoutNumbers: string;
  /** The values of all frames, one after the other. */
  readonly numbers: string;
  /** How many of the numbers come before a frame's own ones, and up to its last one. */
  readonly starts: string;
  readonly ends: string;
  /** Lists of names of series, each the text of an array: few differ. */
  readonly layouts: readonly string[];
  /** Texts of JSON. */
  readonly events: readonly (string | null)[];
}

const arrayText = (elements: readonly unknown[]): string => `{${elements.join(',')}}`;

/** With quotes, for a name may be any text. */
const namesText = (names: readonly string[]): string =>
  arrayText(names.map((name) => `"${name.replace(/[\\"]/g, String.raw`\$&`)}"`));

const areEqual = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && a.every((name, index) => name === b[index]);

/** Columns of frames. NaN and the infinities are written as Postgres reads them. */
export function toColumns(frames: readonly NewFrame[]): FrameColumns {
  const layouts: (readonly string[])[] = [];
  const numberOf = (series: readonly string[]): number =>
    layouts.findIndex((names) => areEqual(names, series)) + 1 || layouts.push(series);
  const layoutNumbers = frames.map(({ series }) => numberOf(series));
  let count = 0;
  const ends = frames.map(({ values }) => (count += values.length));
  return {
    kinds: arrayText(frames.map(({ kind }) => kind)),
    steps: arrayText(frames.map(({ step }) => step)),
    epochs: arrayText(frames.map(({ epoch }) => epoch)),
    times: arrayText(frames.map(({ time }) => time)),
    layoutNumbers: arrayText(layoutNumbers),
    numbers: arrayText(frames.flatMap(({ values }) => values)),
    starts: arrayText([0, ...ends.slice(0, -1)]),
    ends: arrayText(ends),
    layouts: layouts.map(namesText),
    events: frames.map(({ event }) => event && toJsonText(event)),
  };
}
