// Watching a run from the command line: who stops watching does not stop the run.

import type { Gradstream, Run } from '@gradstream/sdk';
import { EXIT } from './exitCodes.js';
import { watchRun, type WatchOptions } from './follow.js';
import { CALL } from './output.js';

/**
 * Watches a run to its end. Ctrl-C ends the watching alone, and says so. Of a run that was cancelled the command's exit code
 * tells; throws the failure of one that failed.
 */
export async function watchOrLeave(client: Gradstream, id: string, options?: WatchOptions): Promise<Run> {
  const leave = (): void => {
    console.error(
      `\nThe run goes on. Follow it: ${CALL} runs follow ${id}   Cancel it: ${CALL} runs cancel ${id}`,
    );
    process.exit(EXIT.interrupted);
  };
  process.once('SIGINT', leave);
  try {
    const run = await watchRun(client, id, options);
    if (run.state === 'cancelled') process.exitCode = EXIT.cancelled;
    return run;
  } finally {
    process.off('SIGINT', leave);
  }
}
