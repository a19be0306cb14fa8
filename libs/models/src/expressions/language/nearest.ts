import { nearest } from '../../objects/nearest.js';

/** A hint at the known name that is most like one that is not known; else all of them. */
export function didYouMean(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  return near === null ? `Known: ${known.join(', ')}` : `Did you mean ${near}?`;
}
