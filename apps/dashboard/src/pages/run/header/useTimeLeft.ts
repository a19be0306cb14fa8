import { isFinal, type Run } from '@gradstream/sdk';
import { useEffect, useState } from 'react';
import { secondsLeft, sighted, type Sighting } from '../../../live/pace.js';

const TICK_MS = 1000;

/** The time now in ms, told each second while it matters. */
export function useNow(isTicking: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!isTicking) return undefined;
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, [isTicking]);
  return now;
}

/** Seconds that a run has to go; null while it does not train, or its speed is not known. */
export function useTimeLeft(run: Run, now: number): number | null {
  const { state, step } = run;
  const [sightings, setSightings] = useState<readonly Sighting[]>([]);
  const isTraining = state === 'running';
  if (!isTraining && sightings.length > 0) setSightings([]);
  if (isTraining && sightings.at(-1)?.step !== step) setSightings(sighted(sightings, { at: now, step }));
  return secondsLeft(run, sightings, now);
}

/** Seconds since the run was started, to its end; null before its start. */
export function secondsSince({ startedAt, finishedAt, state }: Run, now: number): number | null {
  if (startedAt === null) return null;
  const end = finishedAt !== null && isFinal(state) ? Date.parse(finishedAt) : now;
  return Math.max(0, (end - Date.parse(startedAt)) / 1000);
}
