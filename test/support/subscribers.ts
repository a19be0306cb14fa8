// Subscribers of a run as clients are: the SDK over GraphQL, and an EventSource as the standard says.

import { metricBatchSchema, type MetricBatch, type MetricPoint } from '@gradstream/contracts';
import { Gradstream } from '@gradstream/sdk';
import { setTimeout as delay } from 'node:timers/promises';

/** How long an EventSource waits before it connects again, in ms. */
const RECONNECT_MS = 300;

/** What a subscriber has, and how often it had to connect again. */
export interface Collected {
  /** Everything told, in the order of its arrival. */
  readonly told: MetricPoint[];
  /** What is left of that after each rewind. */
  points: MetricPoint[];
  reconnects: number;
}

/** Whom to ask, and about what. */
export interface Subscription {
  readonly url: string;
  readonly apiKey: string;
  readonly runId: string;
  readonly signal: AbortSignal;
}

/** Takes a batch in as the API says: what lies beyond a rewind's step is discarded first. */
function take(collected: Collected, { points, rewoundTo }: MetricBatch): void {
  if (rewoundTo !== null) collected.points = collected.points.filter(({ step }) => step <= rewoundTo);
  collected.told.push(...points);
  collected.points.push(...points);
}

/** Follows by the SDK, until the run has ended. */
export async function followBySdk({ url, apiKey, runId, signal }: Subscription): Promise<Collected> {
  const collected: Collected = { told: [], points: [], reconnects: 0 };
  const client = new Gradstream({ url, apiKey });
  const onReconnect = (): void => {
    collected.reconnects++;
  };
  for await (const batch of client.runs.follow(runId, { onReconnect, signal })) take(collected, batch);
  return collected;
}

/** The events of one connection (WHATWG HTML, section 9.2.6): one that is not whole is not told. */
async function* eventsOf(response: Response): AsyncGenerator<{ id: string; batch: MetricBatch }> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    const blocks = (text + decoder.decode(chunk, { stream: true })).split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks.filter((each) => !each.startsWith(':'))) {
      const fields = new Map(block.split('\n').map((line) => line.split(/: (.*)/s, 2) as [string, string]));
      const data: unknown = JSON.parse(fields.get('data') ?? '');
      if (fields.get('event') !== 'metrics') throw new Error(`the stream ended with ${block}`);
      yield { id: fields.get('id') ?? '', batch: metricBatchSchema.parse(data) };
    }
  }
}

/** Whether fetch lost its connection. Told by name, for Jest's realm has a TypeError of its own. */
const isLost = (error: unknown): boolean => (error as { name?: unknown }).name === 'TypeError';

/** Follows server-sent events, and connects again with Last-Event-ID, until the run has ended. */
export async function followBySse({ url, apiKey, runId, signal }: Subscription): Promise<Collected> {
  const collected: Collected = { told: [], points: [], reconnects: 0 };
  for (let last = '', tries = 0; ; tries++) {
    if (tries > 0) await delay(RECONNECT_MS, undefined, { signal });
    const headers = { authorization: `Bearer ${apiKey}`, ...(last ? { 'last-event-id': last } : {}) };
    try {
      const response = await fetch(`${url}/v1/runs/${runId}/stream`, { headers, signal });
      if (response.status === 429) {
        await response.body?.cancel();
        continue; // Its lost connection counts still.
      }
      if (!response.ok) throw new Error(`the server answered ${response.status}: ${await response.text()}`);
      for await (const { id, batch } of eventsOf(response)) {
        last = id;
        take(collected, batch);
        if (batch.done) return collected;
      }
    } catch (error) {
      if (!isLost(error)) throw error;
    }
    collected.reconnects++;
  }
}
