// A run followed to its end: its numbers and what happens to it, from two streams of the server.

import {
  type Gradstream,
  GradstreamError,
  type MetricBatch,
  type Run,
  type RunFailure,
  type StoredRunEvent,
} from '@gradstream/sdk';
import type { Manner } from './manner.js';
import type { Clock } from './progress.js';
import { createView, type ProgressView } from './progressView.js';
import { describeEvent, isEnd, isRoutine } from './runEvents.js';
import type { Terminal } from './terminal.js';

/** Failures of which the trainer's last lines tell more than the message: nobody caught what went wrong. */
const CRASHES: ReadonlySet<string> = new Set(['ENGINE_CRASHED', 'TRAINER_PROTOCOL', 'INTERNAL']);

export interface WatchOptions {
  readonly out?: Terminal;
  readonly manner?: Manner;
  readonly now?: Clock;
}

/** What is done with what a run tells. */
interface Listener {
  /** Absent where its numbers are not wanted. */
  readonly metrics?: (batch: MetricBatch) => void;
  readonly event: (event: StoredRunEvent) => void;
  /** Once, after all. */
  readonly end: () => void;
}

function writeJson(out: Terminal, type: string, value: object): void {
  out.write(`${JSON.stringify({ type, ...value })}\n`);
}

const toJson = (out: Terminal): Listener => ({
  metrics: ({ points }) => {
    for (const point of points) writeJson(out, 'point', point);
  },
  event: (event) => {
    writeJson(out, 'event', event);
  },
  end: () => undefined,
});

const quiet: Listener = { event: () => undefined, end: () => undefined };

/** `isBrief`: without what happens as it was asked for. */
function toWords(view: ProgressView, id: string, isBrief: boolean): Listener {
  // How a run ended is said by whoever watches it, unless it goes on after that.
  let end: StoredRunEvent | null = null;
  const tell = (event: StoredRunEvent): void => {
    const line = isBrief && isRoutine(event) ? null : describeEvent(event, id);
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
    end: () => {
      view.end();
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
    if (!listener.metrics) return;
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
  { out = process.stdout, manner = 'words', now = () => performance.now() }: WatchOptions = {},
): Promise<Run> {
  let run = await client.runs.get(id);
  const listeners: Readonly<Record<Manner, () => Listener>> = {
    words: () =>
      toWords(
        createView(() => run.totalSteps, out, now),
        id,
        !out.isTTY,
      ),
    json: () => toJson(out),
    quiet: () => quiet,
  };
  const listener = listeners[manner]();
  try {
    await listen(client, id, listener, async () => {
      // Known once the data is read, and so before the first step.
      if (run.totalSteps === null) run = await client.runs.get(id);
    });
  } finally {
    listener.end();
  }
  run = await client.runs.get(id);
  const { state, step, epoch, totalSteps, metrics, failure } = run;
  if (manner === 'json') writeJson(out, 'end', { id, state, step, totalSteps, epoch, metrics, failure });
  if (failure) throw toError(failure);
  return run;
}

function toError({ code, message, errors, logTail }: RunFailure): GradstreamError {
  const lines = CRASHES.has(code) ? logTail.slice(-5).map((line) => ({ code: 'LOG', message: line })) : [];
  return new GradstreamError(code, message, { errors: [...errors, ...lines] });
}
