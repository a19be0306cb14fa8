// Arrays as Postgres writes them (manual, 8.15.6), many times as fast as pg's own parser, which goes through them
// letter by letter: frames are mostly arrays. What these do not read, pg's own does.

import pg from 'pg';

/** Oids of arrays, which pg's list of types lacks (pg_type.dat). */
const TEXTS: number = 1009;
const NUMBERS: number = 1022;

type Parse = (text: string) => unknown;

/** The elements of an array of one dimension without quotes, escapes, nulls and bounds; null of another. */
function plainElements(text: string): string[] | null {
  if (text === '{}') return [];
  const isPlain = text.startsWith('{') && !/["\\{]|NULL/.test(text.slice(1));
  return isPlain ? text.slice(1, -1).split(',') : null;
}

/** Reads float8[]. */
export function parseNumbers(text: string, otherwise: Parse): unknown {
  return plainElements(text)?.map(Number) ?? otherwise(text);
}

/**
 * Reads text[]. Frames that follow each other have the same names: those of the last text are given again, frozen, so
 * that they are read and held once.
 */
export function createTextsParser(otherwise: Parse): Parse {
  let last: { readonly text: string; readonly elements: readonly string[] } | null = null;
  return (text) => {
    if (last?.text === text) return last.elements;
    const elements = plainElements(text);
    if (elements === null) return otherwise(text);
    last = { text, elements: Object.freeze(elements) };
    return elements;
  };
}

let parseTexts: Parse | null = null;

/** Which parser a connection reads a type with: ours for these arrays, pg's for the rest. */
export const arrayTypes: pg.CustomTypesConfig = {
  getTypeParser: (type: Parameters<typeof pg.types.getTypeParser>[0], format?: 'text' | 'binary'): Parse => {
    const otherwise = pg.types.getTypeParser(type, format) as Parse;
    const oid: number = type;
    if (format === 'binary') return otherwise;
    if (oid === TEXTS) return (parseTexts ??= createTextsParser(otherwise));
    return oid === NUMBERS ? (text) => parseNumbers(text, otherwise) : otherwise;
  },
};
