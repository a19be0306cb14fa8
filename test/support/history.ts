// A run's stored history, as a client reads it.

import type { Gradstream } from '@gradstream/sdk';

/** The steps of the stitched view that have a loss, in order. */
export async function readSteps(client: Gradstream, runId: string): Promise<number[]> {
  const steps: number[] = [];
  for (let after: string | undefined; ;) {
    const { points, cursor } = await client.runs.metrics(runId, after === undefined ? {} : { after });
    if (points.length === 0) return steps;
    steps.push(...points.filter(({ values }) => 'loss' in values).map(({ step }) => step));
    after = cursor;
  }
}

/** The run's events, in order. */
export async function readEvents(client: Gradstream, runId: string) {
  return (await client.runs.events(runId, { limit: 500 })).events.map(({ event }) => event);
}

/** Waits until an attempt of the run, of that number or later, has stored a point. */
export async function untilTrains(client: Gradstream, runId: string, attempt = 1): Promise<void> {
  for await (const { points, done } of client.runs.follow(runId)) {
    if (points.some((point) => point.attempt >= attempt)) return;
    if (done) throw new Error(`${runId} ended before attempt ${attempt} trained`);
  }
}

/** Waits until the run has ended. */
export async function untilEnd(client: Gradstream, runId: string): Promise<void> {
  for await (const { done } of client.runs.follow(runId)) if (done) return;
}
