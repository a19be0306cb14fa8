import leven from 'leven';

/** Longer names are no misspellings; comparing them would take time. */
const LONGEST = 64;

/** The known name that the fewest edits make of a wrong one, whatever its case; null when none is near. */
export function nearest(wrong: string, known: Iterable<string>): string | null {
  if (wrong.length > LONGEST) return null;
  const limit = Math.max(2, Math.floor(wrong.length / 3));
  let best: string | null = null;
  let least = limit + 1;
  for (const name of known) {
    if (Math.abs(wrong.length - name.length) >= least) continue; // As many edits at least.
    const distance = leven(wrong.toLowerCase(), name.toLowerCase());
    if (distance < least) [best, least] = [name, distance];
  }
  return best;
}
