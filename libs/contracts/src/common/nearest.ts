// Names that a misspelling may have meant.

/** Longer names are no misspellings; comparing them would take time. */
const LONGEST = 64;

/** How few insertions, deletions and replacements of a character make one text the other (V. Levenshtein, 1966). */
function editDistance(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const replaced = (above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(replaced, (above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1));
    }
    above = row;
  }
  return above[b.length] ?? 0;
}

/** A name without what says nothing of its meaning: case, and the marks between its words. */
const plain = (name: string): string => name.toLowerCase().replace(/[_\s-]/g, '');

/**
 * The known names that few edits make of a wrong one, the nearest first, at most `most`: two edits, or one for every three
 * characters of a longer name. Takes time by the product of the lengths, for each.
 */
export function nearestNames(wrong: string, known: Iterable<string>, most: number): string[] {
  if (wrong.length > LONGEST) return [];
  const limit = Math.max(2, Math.floor(wrong.length / 3));
  const given = plain(wrong);
  return (
    [...known]
      .filter((name) => Math.abs(plain(name).length - given.length) <= limit)
      .map((name) => ({ name, edits: editDistance(given, plain(name)), as: editDistance(wrong, name) }))
      .filter(({ edits }) => edits <= limit)
      // Of names that differ in case and marks alone, the one that is written like the wrong one.
      .sort((a, b) => a.edits - b.edits || a.as - b.as)
      .slice(0, most)
      .map(({ name }) => name)
  );
}
