import { closestMatch } from 'leven';

/** A hint at the known name that is most like one that is not known; else all of them. */
export function didYouMean(name: string, known: readonly string[]): string {
  const maxDistance = Math.max(1, Math.floor(name.length / 2));
  const match = name.length <= 64 ? closestMatch(name.toLowerCase(), known, { maxDistance }) : undefined;
  return match === undefined ? `Known: ${known.join(', ')}` : `Did you mean ${match}?`;
}
