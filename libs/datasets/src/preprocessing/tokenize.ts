// Texts to ids of words.

import type { FittedFeature } from '@gradstream/contracts';

export type TokenSettings = Pick<
  Extract<FittedFeature, { kind: 'tokens' }>,
  'lowercase' | 'split' | 'maxLength' | 'padding'
>;

/** Ids of what is no word of the vocabulary. */
export const PADDING_ID = 0;
export const UNKNOWN_ID = 1;
export const FIRST_ID = 2;

/** Letters and digits, with apostrophes inside; any other character that is no blank is a token of its own. */
const WORDS = /[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}\p{N}]+)*|[^\s\p{L}\p{M}\p{N}]/gu;

/** Distinct words that are counted. Beyond them, those that occurred once so far are forgotten. */
const MAX_WORDS = 2 ** 20;

export function tokensOf(
  text: string,
  { lowercase, split }: Pick<TokenSettings, 'lowercase' | 'split'>,
): string[] {
  const cased = lowercase ? text.toLowerCase() : text;
  if (split === 'whitespace') return cased.split(/\s+/u).filter((token) => token !== '');
  return cased.match(WORDS) ?? [];
}

/** Counts words; the most frequent are the vocabulary, those of the same count by code units. */
export class VocabularyCounter {
  readonly #counts = new Map<string, number>();

  add(tokens: readonly string[]): void {
    for (const token of tokens) this.#counts.set(token, (this.#counts.get(token) ?? 0) + 1);
    if (this.#counts.size <= MAX_WORDS) return;
    for (const [token, count] of this.#counts) if (count === 1) this.#counts.delete(token);
  }

  /** At most `size` ids, padding and unknown included. */
  vocabulary(size: number): string[] {
    const sorted = [...this.#counts].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
    return sorted.slice(0, size - FIRST_ID).map(([token]) => token);
  }
}

/** Writes the ids of a text, cut or padded to `maxLength`, at a place of the output. */
export function putIds(
  text: string,
  settings: TokenSettings,
  ids: ReadonlyMap<string, number>,
  out: { [index: number]: number },
  at: number,
): void {
  const { maxLength, padding } = settings;
  const tokens = tokensOf(text, settings).slice(0, maxLength);
  const shift = padding === 'pre' ? maxLength - tokens.length : 0;
  for (let place = 0; place < maxLength; place++) {
    const token = tokens[place - shift];
    out[at + place] = token === undefined ? PADDING_ID : (ids.get(token) ?? UNKNOWN_ID);
  }
}
