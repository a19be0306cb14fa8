// A run's stored history, as a client reads it.

import type { MetricPoint, WireNumber } from '@gradstream/contracts';
import type { Gradstream } from '@gradstream/sdk';

/** The points of the stitched view, in order. */
export async function* pointsOf(client: Gradstream, runId: string): AsyncGenerator<MetricPoint> {
  for (let after: string | undefined; ;) {
    const { points, cursor } = await client.runs.metrics(runId, after === undefined ? {} : { after });
    if (points.length === 0) return;
    yield* points;
    after = cursor;
  }
}

/** The steps that have a loss, in order. */
export async function readSteps(client: Gradstream, runId: string): Promise<number[]> {
  const steps: number[] = [];
  for await (const { step, values } of pointsOf(client, runId)) if ('loss' in values) steps.push(step);
  return steps;
}

/** The values of each step by series, and of how many points they came. */
export async function readSeries(client: Gradstream, runId: string): Promise<Map<string, WireNumber[]>> {
  const found = new Map<string, WireNumber[]>();
  for await (const { step, values } of pointsOf(client, runId))
    for (const [series, value] of Object.entries(values)) {
      const key = `${series} ${step}`;
      found.set(key, [...(found.get(key) ?? []), value]);
    }
  return found;
}

/** SHA-256 of the weights of a run's last checkpoint, and its step. */
export async function lastWeights(
  client: Gradstream,
  runId: string,
): Promise<(string | number | undefined)[]> {
  const { data } = await client.runs.checkpoints(runId, { limit: 1 });
  return [data[0]?.sha256, data[0]?.step];
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
