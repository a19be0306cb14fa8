import { nearestNames } from '@gradstream/contracts';

/** The known name that the fewest edits make of a wrong one, whatever its case; null when none is near. */
export const nearest = (wrong: string, known: Iterable<string>): string | null =>
  nearestNames(wrong, known, 1)[0] ?? null;
