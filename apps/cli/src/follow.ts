import { type Gradstream, GradstreamError, type Run } from '@gradstream/sdk';
import { ProgressView, type Terminal } from './progress.js';

/** Failures of which the trainer's last lines tell more than the message: nobody caught what went wrong. */
const CRASHES: ReadonlySet<string> = new Set(['ENGINE_CRASHED', 'TRAINER_PROTOCOL', 'INTERNAL']);

/** Draws a run until it ends; returns it as it ended. Throws its failure when it failed. */
export async function watchRun(client: Gradstream, id: string, out: Terminal = process.stdout): Promise<Run> {
  let run = await client.runs.get(id);
  const view = new ProgressView(() => run.totalSteps, out);
  try {
    for await (const batch of client.runs.follow(id)) {
      // Known once the data is read, and so before the first step.
      if (run.totalSteps === null && batch.points.length > 0) run = await client.runs.get(id);
      view.accept(batch);
    }
  } finally {
    view.end();
  }
  run = await client.runs.get(id);
  if (run.failure) {
    const { code, message, errors, logTail } = run.failure;
    const lines = CRASHES.has(code) ? logTail.slice(-5).map((line) => ({ code: 'LOG', message: line })) : [];
    throw new GradstreamError(code, message, { errors: [...errors, ...lines] });
  }
  return run;
}
