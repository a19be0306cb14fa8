// How long a run has still to go, by how fast it was of late.

/** Where a run was, when somebody looked. */
export interface Sighting {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly step: number;
}

/** Only what lies so far back says how fast a run is now, in ms. */
const RECENT_MS = 30_000;

/** Sightings with one more; those before a rewind, and those that are no longer recent, are dropped. */
export function sighted(before: readonly Sighting[], now: Sighting): readonly Sighting[] {
  const last = before.at(-1);
  if (last && now.step < last.step) return [now];
  return [...before.filter(({ at }) => now.at - at <= RECENT_MS), now];
}

/** Seconds to go at the speed between the first and the last sighting; null where they do not tell. */
export function secondsLeft(totalSteps: number | null, sightings: readonly Sighting[]): number | null {
  const first = sightings[0];
  const last = sightings.at(-1);
  if (totalSteps === null || !first || !last || last.at <= first.at || last.step <= first.step) return null;
  const secondsPerStep = (last.at - first.at) / 1000 / (last.step - first.step);
  return Math.max(0, totalSteps - last.step) * secondsPerStep;
}
