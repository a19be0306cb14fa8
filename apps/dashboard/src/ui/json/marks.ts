// What is wrong with a text, as marks at the places that JSON pointers name.

import type { Problem } from '../messages.js';
import { placeOf, type TextRange } from './jsonText.js';
import { parsed } from './values.js';

/** Something to be said of a place; pointers are into the text. */
export interface Finding extends Problem {
  readonly severity: 'error' | 'warning';
}

export interface Mark extends TextRange {
  readonly severity: Finding['severity'];
  readonly message: string;
}

/** Codes of problems that are of a name and not of its value. */
const OF_NAMES: ReadonlySet<string | undefined> = new Set(['unknownKey', 'unrecognized_keys']);

/** Where a finding is in a text; null where the text has nothing. */
export const placeOfFinding = (text: string, { pointer, code }: Problem): TextRange | null =>
  placeOf(text, pointer ?? '', OF_NAMES.has(code));

/** Marks of what was found; none in a text that is no JSON, for then nobody has read it. */
export function marksOf(text: string, findings: readonly Finding[]): readonly Mark[] {
  if ('error' in parsed(text)) return [];
  return findings.flatMap((finding) => {
    const place = placeOfFinding(text, finding);
    const { severity, message, hint } = finding;
    return place === null
      ? []
      : [{ ...place, severity, message: hint === null ? message : `${message}. ${hint}` }];
  });
}
