// A run followed to its end: its numbers and what happens to it, from two streams of the server.

import {
  type Gradstream,
  GradstreamError,
  type MetricBatch,
  type Run,
  type StoredRunEvent,
} from '@gradstream/sdk';
import { ProgressView, type Terminal } from './progress.js';
import { describeEvent, isEnd } from './runEvents.js';

/** Failures of which the trainer's last lines tell more than the message: nobody caught what went wrong. */
const CRASHES: ReadonlySet<string> = new Set(['ENGINE_CRASHED', 'TRAINER_PROTOCOL', 'INTERNAL']);

export interface WatchOptions {
  readonly out?: Terminal;
  /** A line of JSON for each point and each event, in place of words. */
  readonly json?: boolean;
}

/** What is done with what a run tells. */
interface Listener {
  metrics(batch: MetricBatch): void;
  event(event: StoredRunEvent): void;
}

const toJson = (out: Terminal): Listener => {
  const write = (type: string, value: object): void => {
    out.write(`${JSON.stringify({ type, ...value })}\n`);
  };
  return {
    metrics: ({ points }) => {
      for (const point of points) write('point', point);
    },
    event: (event) => {
      write('event', event);
    },
  };
};

function toWords(view: ProgressView, id: string): Listener {
  // How a run ended is said by whoever watches it, unless it goes on after that.
  let end: StoredRunEvent | null = null;
  const tell = (event: StoredRunEvent): void => {
    const line = describeEvent(event, id);
    if (line !== null) view.tell(line);
  };
  return {
    metrics: (batch) => {
      view.accept(batch);
    },
    event: (event) => {
      if (end) tell(end);
      end = isEnd(event) ? event : null;
      if (end) return;
      tell(event);
      // The time that it rested says nothing of its speed.
      if (event.event.type === 'stateChanged' && event.event.to === 'running') view.restart();
    },
  };
}

/** Hands over all that a run tells, until it has ended. The first stream that fails ends the other one. */
async function listen(
  client: Gradstream,
  id: string,
  listener: Listener,
  onPoints: () => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  const { signal } = stop;
  const metrics = async (): Promise<void> => {
    for await (const batch of client.runs.follow(id, { signal })) {
      if (batch.points.length > 0) await onPoints();
      listener.metrics(batch);
    }
  };
  const events = async (): Promise<void> => {
    for await (const batch of client.runs.followEvents(id, { signal }))
      for (const event of batch.events) listener.event(event);
  };
  try {
    await Promise.all([metrics(), events()]);
  } finally {
    stop.abort();
  }
}

/** Tells of a run until it ends; returns it as it ended. Throws its failure when it failed. */
export async function watchRun(
  client: Gradstream,
  id: string,
  { out = process.stdout, json = false }: WatchOptions = {},
): Promise<Run> {
  let run = await client.runs.get(id);
  const view = new ProgressView(() => run.totalSteps, out);
  try {
    await listen(client, id, json ? toJson(out) : toWords(view, id), async () => {
      // Known once the data is read, and so before the first step.
      if (run.totalSteps === null) run = await client.runs.get(id);
    });
  } finally {
    if (!json) view.end();
  }
  run = await client.runs.get(id);
  if (run.failure) {
    const { code, message, errors, logTail } = run.failure;
    const lines = CRASHES.has(code) ? logTail.slice(-5).map((line) => ({ code: 'LOG', message: line })) : [];
    throw new GradstreamError(code, message, { errors: [...errors, ...lines] });
  }
  return run;
}
