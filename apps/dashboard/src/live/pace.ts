// How fast a run trains now, and how long it has still to go.

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

/** Steps a second over the recent sightings; null where they do not tell. */
export function paceOf(sightings: readonly Sighting[]): number | null {
  const first = sightings[0];
  const last = sightings.at(-1);
  if (!first || !last || last.at <= first.at || last.step <= first.step) return null;
  return ((last.step - first.step) * 1000) / (last.at - first.at);
}

interface Trained {
  readonly state: string;
  readonly step: number;
  readonly totalSteps: number | null;
  readonly attempt: number;
  readonly startedAt: string | null;
}

/**
 * Seconds that a run has still to go at its recent speed. Before that is known: at its mean speed, which only a run tells
 * that was started once and never stood still. Null where nothing can be said.
 */
export function secondsLeft(run: Trained, sightings: readonly Sighting[], now: number): number | null {
  const { state, step, totalSteps, attempt, startedAt } = run;
  if (state !== 'running' || totalSteps === null || step >= totalSteps) return null;
  const started = startedAt === null ? now : Date.parse(startedAt);
  const mean = attempt === 1 && step > 0 && now > started ? (step * 1000) / (now - started) : null;
  const pace = paceOf(sightings) ?? mean;
  return pace === null ? null : (totalSteps - step) / pace;
}
