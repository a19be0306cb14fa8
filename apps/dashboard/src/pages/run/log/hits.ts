// Where a text occurs in lines, without regard to upper and lower case.

/** One occurrence; `line` is an index. */
export interface Hit {
  readonly line: number;
  /** First character of it, and the one behind its last. */
  readonly from: number;
  readonly to: number;
}

const pattern = (query: string): RegExp =>
  new RegExp(query.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`), 'giu');

/** All occurrences in order; none of an empty query. */
export function findHits(lines: Iterable<{ readonly message: string }>, query: string): Hit[] {
  if (query === '') return [];
  const wanted = pattern(query);
  const hits: Hit[] = [];
  let line = 0;
  for (const { message } of lines) {
    for (const { index, 0: found } of message.matchAll(wanted))
      hits.push({ line, from: index, to: index + found.length });
    line++;
  }
  return hits;
}

/** A part of a message; `hit` is its number among all hits, or null between them. */
export interface Part {
  readonly text: string;
  readonly hit: number | null;
}

/** A message cut at its hits, which are given in order with their numbers. */
export function partsOf(message: string, hits: readonly (Hit & { readonly number: number })[]): Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (const { from, to, number } of hits) {
    if (from > at) parts.push({ text: message.slice(at, from), hit: null });
    parts.push({ text: message.slice(from, to), hit: number });
    at = to;
  }
  if (at < message.length || parts.length === 0) parts.push({ text: message.slice(at), hit: null });
  return parts;
}

/** The hits of each line that has some, numbered over all lines. */
export function hitsByLine(hits: readonly Hit[]): ReadonlyMap<number, readonly (Hit & { number: number })[]> {
  const byLine = new Map<number, (Hit & { number: number })[]>();
  hits.forEach((hit, number) => {
    const known = byLine.get(hit.line);
    if (known) known.push({ ...hit, number });
    else byLine.set(hit.line, [{ ...hit, number }]);
  });
  return byLine;
}
