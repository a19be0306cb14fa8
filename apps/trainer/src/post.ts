import type { FromPredictor, FromTrainer } from '@gradstream/contracts';

/** Says something to the worker; resolves when the channel has taken it. */
export function post(message: FromTrainer | FromPredictor): Promise<void> {
  return new Promise((resolve) => {
    // A channel that is gone means a worker that is gone: main.ts ends the process then.
    if (!process.send || !process.connected) resolve();
    else
      process.send(message, undefined, {}, () => {
        resolve();
      });
  });
}
