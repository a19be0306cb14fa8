import { type Gradstream, GradstreamError, type Run } from '@gradstream/sdk';
import { ProgressView } from './progress.js';

const POLL_MS = 300;

/** Draws a run until it ends; returns it as it ended. Throws its failure when it failed. */
export async function watchRun(client: Gradstream, id: string, signal?: AbortSignal): Promise<Run> {
  let run = await client.runs.get(id);
  const view = new ProgressView(() => run.totalSteps);
  const refresh = setInterval(() => {
    if (run.totalSteps !== null) return;
    // Only the bar's length hangs on this: the stream below reports what is wrong.
    client.runs.get(id).then(
      (fresh) => (run = fresh),
      () => undefined,
    );
  }, POLL_MS);
  try {
    const options = signal ? { signal } : {};
    for await (const batch of client.runs.follow(id, options)) view.accept(batch);
  } finally {
    clearInterval(refresh);
    view.end();
  }
  run = await client.runs.get(id);
  if (run.failure) {
    const lines = run.failure.logTail.slice(-5).map((message) => ({ code: 'LOG', message }));
    throw new GradstreamError(run.failure.code, run.failure.message, {
      errors: [...run.failure.errors, ...lines],
    });
  }
  return run;
}
